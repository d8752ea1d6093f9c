using System.Net;
using Discovery.Testing;

namespace Discovery.Rpc;

/// <summary>A connection of many streams, from the server's side.</summary>
public sealed class YamuxHandlerTests
{
    private static readonly byte[] s_empty = [0x80];

    [Fact]
    public void Handle_MoreStreamsThanTheServerTakes_AreResetUntilOneHasEnded() => Run(
        new RpcOptions { StreamsMax = 1 },
        async (harness, client, _) =>
        {
            YamuxStream first = await client.OpenAsync(default);
            Assert.Equal("", (await RpcHarness.CallAsync(first, "A.B", s_empty)).Error);
            YamuxStream second = await client.OpenAsync(default);
            await Assert.ThrowsAsync<IOException>(async () => await second.ReadExactlyAsync(new byte[1]));
            await first.DisposeAsync();
            await harness.Kernel.AdvanceAsync(TimeSpan.FromSeconds(1));
            YamuxStream third = await client.OpenAsync(default);
            Assert.Equal("", (await RpcHarness.CallAsync(third, "A.B", s_empty)).Error);
        });

    [Fact]
    public void Handle_UnknownMethodOnOneStream_LeavesTheOthers() => Run(new RpcOptions(), async (_, client, _) =>
    {
        YamuxStream first = await client.OpenAsync(default);
        YamuxStream second = await client.OpenAsync(default);
        Assert.Equal("rpc: can't find method A.No", (await RpcHarness.CallAsync(first, "A.No", s_empty)).Error);
        Assert.Equal(0, await first.ReadAsync(new byte[1]));
        Assert.Equal("", (await RpcHarness.CallAsync(second, "A.B", s_empty)).Error);
        Assert.True(client.IsOpen);
    });

    [Fact]
    public void Handle_Stopped_SaysSoAndEnds() => Run(new RpcOptions(), async (_, client, stop) =>
    {
        YamuxStream stream = await client.OpenAsync(default);
        Assert.Equal("", (await RpcHarness.CallAsync(stream, "A.B", s_empty)).Error);
        await stop.CancelAsync();
        await client.Ended;
        Assert.False(client.IsOpen);
        Assert.True(YamuxConnection.IsUsual(client.Failure!));
    });

    private static void Run(RpcOptions options, Func<RpcHarness, YamuxConnection, CancellationTokenSource, Task> body) => RpcHarness.Run(
        async harness =>
        {
            var remote = new IPEndPoint(IPAddress.Loopback, 1);
            RpcService service = harness.Serve(new StubMethods(("A.B", static call => StubMethods.Text(call, "x"))));
            var logger = new RecordingLogger<YamuxHandler>();
            var handler = new YamuxHandler(harness.Kernel.CreateRuntime(), options, service, logger);
            var wire = new StreamPair();
            using var stop = new CancellationTokenSource();
            Task handling = harness.Kernel.Start(() => handler.HandleAsync(new NodeConnection(wire.Server, remote), stop.Token));
            await using var client = new YamuxConnection(harness.Kernel.CreateRuntime(), new NodeConnection(wire.Client, remote), true);
            client.Start();
            await body(harness, client, stop);
            await client.DisposeAsync();
            await handling;
            Assert.Empty(logger.Lines);
        },
        options);
}
