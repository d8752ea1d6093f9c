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

    [Fact]
    public void Run_DelegateThatGivesNothing_IsCritical()
    {
        var kernel = new SimulationKernel();
        var probe = new AppCheckProbe(static _ => default, kernel.CreateRuntime());
        Assert.Equal(
            CheckResult.Critical("The probe gave no result"), kernel.Run(() => probe.RunAsync(CancellationToken.None).AsTask()));
    }

    [Fact]
    public void Runner_DelegateWhoseTokenCallbackThrows_TimesOutAndTheCheckCanBeTakenOut()
    {
        var health = new HealthFixture();
        NodeRuntime runtime = health.Kernel.CreateRuntime();
        var runner = new CheckRunner(
            runtime, new HealthOptions(), health, health, new CheckProbeFactory(runtime, new HealthOptions()), NullLogger.Instance);
        runner.Start();
        int thrown = 0;
        async ValueTask<CheckResult> Body(CancellationToken token)
        {
            token.Register(() =>
            {
                thrown++;
                throw new InvalidOperationException("callback");
            });
            await Task.Delay(Sec(100), health.Kernel.Time, CancellationToken.None);
            return CheckResult.Passing("too late");
        }

        health.Kernel.Run(async () =>
        {
            CheckKey key = HealthFixture.Key("app");
            await runner.AddAsync(
                key, new CheckDefinition { Probe = Body, Status = CheckStatus.Passing, Interval = Sec(5), Timeout = Sec(2) });
            await health.Kernel.AdvanceAsync(Sec(8));
            Assert.Equal(
                (CheckStatus.Critical, "Timed out (2s) running check"), health.Published.Select(p => (p.Status, p.Output)).Single());
            Assert.Equal(1, thrown);
            Assert.True(await runner.RemoveAsync(key));
            await runner.DisposeAsync();
        });
    }

    [Fact]
    public void Describe_ExceptionWhoseMessageThrowsOrIsNull_GivesItsType()
    {
        Assert.Equal("SilentException", ProbeExecution.Describe(new SilentException(() => null!)));
        Assert.Equal(
            "outer: SilentException",
            ProbeExecution.Describe(new FormatException("outer", new SilentException(() => throw new FormatException("no")))));
    }

    private sealed class SilentException(Func<string> message) : Exception
    {
        public override string Message => message();
    }
}
