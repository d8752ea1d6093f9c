using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Discovery.Health;

/// <summary>The runner as in production: the system's clock, the thread pool, real sockets.</summary>
[Trait("Kind", "RealSockets")]
public class CheckRunnerRealTests : ProbeRealTests
{
    [Fact]
    public async Task Runner_ServerBreaksAndMendsAndGoes_PublishesEachAndDeregisters()
    {
        int code = 200;
        await using ProbeServer server = await ProbeServer.HttpAsync(context =>
        {
            context.Response.StatusCode = Volatile.Read(ref code);
            return Task.CompletedTask;
        });
        var sink = new Sink();
        NodeRuntime runtime = NodeRuntime.CreateSystem();
        var options = new HealthOptions { FlapThreshold = 0 };
        await using var runner = new CheckRunner(
            runtime, options, sink, sink, new CheckProbeFactory(runtime, options), NullLogger.Instance);
        runner.Start();
        await runner.AddAsync(new CheckKey("web", "c"), new CheckDefinition
        {
            Http = $"http://{server.Address}/", Interval = TimeSpan.FromMilliseconds(30), Timeout = Generous,

            // A check is critical until its first answer is in, which is late on a machine that has much else to do.
            DeregisterCriticalServiceAfter = TimeSpan.FromSeconds(6),
        });

        Assert.Equal("passing", await sink.NextAsync());
        Volatile.Write(ref code, 500);
        Assert.Equal("critical", await sink.NextAsync());
        Volatile.Write(ref code, 429);
        Assert.Equal("warning", await sink.NextAsync());
        await server.DisposeAsync();
        Assert.Equal("critical", await sink.NextAsync());
        Assert.Equal("deregister", await sink.NextAsync());
    }

    private sealed class Sink : ICheckSink, IAliasSource
    {
        private readonly Channel<string> _events = Channel.CreateUnbounded<string>();

        public ValueTask<string> NextAsync() => new(_events.Reader.ReadAsync().AsTask().WaitAsync(Generous));

        public void OnStatus(CheckKey key, CheckStatus status, string output, bool outputOnly)
        {
            if (!outputOnly)
            {
                _events.Writer.TryWrite(CheckText.StatusName(status));
            }
        }

        public void OnDeregisterDue(CheckKey key) => _events.Writer.TryWrite("deregister");

        public AliasView Read(AliasTarget target, CheckKey self) => throw new NotSupportedException();

        public IDisposable Subscribe(AliasTarget target, Action changed) => throw new NotSupportedException();
    }
}
