using System.Diagnostics;

namespace Discovery.Health;

/// <summary>What the tests of single probes share: one run of a definition, as the runner would do it.</summary>
public abstract class ProbeRealTests
{
    protected static TimeSpan Generous { get; } = TimeSpan.FromSeconds(20);

    protected static TimeSpan Short { get; } = TimeSpan.FromSeconds(0.5);

    protected static async Task<CheckResult> RunAsync(CheckDefinition definition, TimeSpan? timeout = null, HealthOptions? options = null)
    {
        definition.Interval ??= TimeSpan.FromSeconds(10);
        definition.Timeout = timeout ?? Generous;
        Assert.Empty(CheckDefinitionValidator.Validate(definition));
        options ??= new HealthOptions { EnableScriptChecks = true };
        var runtime = NodeRuntime.CreateSystem();
        CheckSettings settings = CheckSettings.From(new CheckKey("web", "c"), definition, options);
        ICheckProbe probe = new CheckProbeFactory(runtime, options).Create(definition, settings);
        long start = Stopwatch.GetTimestamp();
        CheckResult result = await ProbeExecution.RunAsync(probe, settings.Timeout, runtime.Time, CancellationToken.None);
        Assert.True(Stopwatch.GetElapsedTime(start) < settings.Timeout + TimeSpan.FromSeconds(10), "the run went on after its time limit");
        return result;
    }

    /// <summary>Starts every kind of misbehaviour that a TCP peer can show to a protocol probe.</summary>
    internal static ProbeServer Misbehaving(string how) => ProbeServer.Raw(async (stream, stop) =>
    {
        switch (how)
        {
            case "hangs":
                await Task.Delay(Timeout.InfiniteTimeSpan, stop);
                break;
            case "closes":
                break;
            case "garbage":
                var garbage = new byte[100_000];
                new Random(1).NextBytes(garbage);
                await stream.WriteAsync(garbage, stop);
                break;
            case "zeros":
                for (var zeros = new byte[65536]; ;)
                {
                    await stream.WriteAsync(zeros, stop);
                }

            case "dribbles":
                for (byte[] one = "H"u8.ToArray(); ; await Task.Delay(20, stop))
                {
                    await stream.WriteAsync(one, stop);
                }
        }
    });
}
