using Discovery.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Discovery.Health;

public class AppCheckProbeTests
{
    private static TimeSpan Sec(double seconds) => TimeSpan.FromSeconds(seconds);

    [Fact]
    public void Runner_DelegateThatPassesThrowsHangs_GivesResultsAndIsNeverCalledTwiceAtOnce()
    {
        var health = new HealthFixture();
        var kernel = health.Kernel;
        NodeRuntime runtime = kernel.CreateRuntime();
        var options = new HealthOptions { FlapThreshold = 0, OutputUpdateInterval = TimeSpan.Zero };
        var runner = new CheckRunner(runtime, options, health, health, new CheckProbeFactory(runtime, options), NullLogger.Instance);
        runner.Start();
        int call = 0;
        int active = 0;
        async ValueTask<CheckResult> Body(CancellationToken token)
        {
            Assert.Equal(1, ++active);
            try
            {
                switch (++call)
                {
                    case 1: return CheckResult.Passing("first");
                    case 2: throw new InvalidOperationException("second");
                    case 3:
                        // Deaf to its cancellation.
                        await Task.Delay(Sec(20), kernel.Time, CancellationToken.None);
                        return CheckResult.Passing("too late");
                    default: return CheckResult.Warning("later");
                }
            }
            finally
            {
                active--;
            }
        }

        kernel.Run(async () =>
        {
            await runner.AddAsync(HealthFixture.Key("app"), new CheckDefinition { Probe = Body, Interval = Sec(5), Timeout = Sec(2) });
            await kernel.AdvanceAsync(Sec(60));
            await runner.DisposeAsync();
        });

        Assert.Equal(
            [
                "first", "second", "Timed out (2s) running check", "The previous run, which was given up, has still not ended", "later",
            ],
            health.Published.Select(p => p.Output));
        Assert.InRange(health.Published[2].At - health.Published[1].At, Sec(7), Sec(7.01));
    }
}
