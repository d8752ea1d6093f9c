using Discovery.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Discovery.Health;

/// <summary>The pains of needs.md that health checks answer.</summary>
public class HealthPainTests
{
    private static readonly TimeSpan s_tolerance = TimeSpan.FromMilliseconds(250);

    private static TimeSpan Sec(double seconds) => TimeSpan.FromSeconds(seconds);

    public static TheoryData<CheckKind> Kinds =>
        [.. Enum.GetValues<CheckKind>().Where(kind => kind != CheckKind.None)];

    internal static CheckDefinition DefinitionOf(CheckKind kind)
    {
        var definition = new CheckDefinition { Interval = Sec(1), DeregisterCriticalServiceAfter = Sec(3) };
        switch (kind)
        {
            case CheckKind.App: definition.Probe = static _ => new(CheckResult.Critical()); break;
            case CheckKind.Grpc: definition.Grpc = "127.0.0.1:1/x"; break;
            case CheckKind.Http: definition.Http = "http://127.0.0.1:1/"; break;
            case CheckKind.Tcp: definition.Tcp = "127.0.0.1:1"; break;
            case CheckKind.Udp: definition.Udp = "127.0.0.1:1"; break;
            case CheckKind.H2Ping: definition.H2Ping = "127.0.0.1:1"; break;
            case CheckKind.Script: definition.Args = ["false"]; break;
            case CheckKind.Ttl:
                definition.Interval = null;
                definition.Ttl = Sec(10);
                break;
            case CheckKind.Alias:
                definition.Interval = null;
                definition.AliasService = "db";
                break;
        }

        Assert.Equal(kind, definition.Kind);
        Assert.Empty(CheckDefinitionValidator.Validate(definition));
        return definition;
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void P2_InitiallyCritical_DeregistersAfterThreeSeconds(CheckKind kind)
    {
        var health = new HealthFixture { OnRun = static (_, _) => new(CheckResult.Critical("no")) };
        health.Kernel.Run(async () =>
        {
            await health.Kernel.AdvanceAsync(Sec(0.123));
            await health.Runner.AddAsync(HealthFixture.Key("c"), DefinitionOf(kind));
            await health.Kernel.AdvanceAsync(Sec(60));
        });

        (TimeSpan at, CheckKey key) = Assert.Single(health.Deregistered);
        Assert.Equal(HealthFixture.Key("c"), key);
        Assert.InRange(at, Sec(3.123), Sec(3.123) + s_tolerance);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void P2_PassedThenCritical_DeregistersThreeSecondsAfterTheStatus(CheckKind kind)
    {
        bool pass = true;
        var target = new AliasTarget(null, "db");
        var health = new HealthFixture();
        health.OnRun = (_, _) => new(pass ? CheckResult.Passing("yes") : CheckResult.Critical("no"));
        health.Views[target] = new AliasView(true, "n1", []);
        health.Kernel.Run(async () =>
        {
            await health.Runner.AddAsync(HealthFixture.Key("c"), DefinitionOf(kind));
            await health.Runner.ReportAsync(HealthFixture.Key("c"), CheckResult.Passing());
            await health.Kernel.AdvanceAsync(Sec(7.7));
            Assert.Empty(health.Deregistered);
            pass = false;
            health.SetView(target, new AliasView(true, "n1", [new("db", CheckStatus.Critical, "no")]));
            await health.Kernel.AdvanceAsync(Sec(60));
        });

        TimeSpan critical = health.Published.Single(p => p.Status == CheckStatus.Critical).At;
        (TimeSpan at, _) = Assert.Single(health.Deregistered);
        Assert.InRange(at - critical, Sec(3), Sec(3) + s_tolerance);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void P2_CheckOfANode_NeverDeregisters(CheckKind kind)
    {
        var health = new HealthFixture { OnRun = static (_, _) => new(CheckResult.Critical("no")) };
        health.Kernel.Run(async () =>
        {
            await health.Runner.AddAsync(new CheckKey(null, "c"), DefinitionOf(kind));
            await health.Kernel.AdvanceAsync(Sec(60));
        });

        Assert.Empty(health.Deregistered);
    }

    [Fact]
    public void P2_RecoversInBetween_StartsTheClockAnew()
    {
        var health = new HealthFixture();
        CheckKey key = HealthFixture.Key("c");
        health.Kernel.Run(async () =>
        {
            await health.Runner.AddAsync(key, DefinitionOf(CheckKind.Ttl));
            for (int i = 0; i < 5; i++)
            {
                await health.Runner.ReportAsync(key, CheckResult.Critical());
                await health.Kernel.AdvanceAsync(Sec(2.9));
                await health.Runner.ReportAsync(key, CheckResult.Warning());
                await health.Kernel.AdvanceAsync(Sec(1));
            }

            Assert.Empty(health.Deregistered);
            await health.Runner.ReportAsync(key, CheckResult.Critical());
            await health.Kernel.AdvanceAsync(Sec(2));
            await health.Runner.ReportAsync(key, CheckResult.Critical("still"));
            await health.Kernel.AdvanceAsync(Sec(20));
        });

        Assert.Equal([(Sec(22.5), key)], health.Deregistered);
    }

    [Theory]
    [InlineData(1, CheckStatus.Critical)]
    [InlineData(10, CheckStatus.Critical)]
    [InlineData(10, CheckStatus.Passing)]
    [InlineData(30, CheckStatus.Warning)]
    public void P5_PassFailTwentyTimes_AtMostTwoWrites(int interval, CheckStatus initial)
    {
        var health = new HealthFixture();
        int run = 0;
        health.OnRun = (_, _) =>
            new(run++ % 2 == 0 ? CheckResult.Passing($"run {run}") : CheckResult.Critical($"run {run}"));
        CheckSnapshot? snapshot = null;
        health.Kernel.Run(async () =>
        {
            CheckDefinition definition = HealthFixture.Http(interval);
            definition.Status = initial;
            await health.Runner.AddAsync(HealthFixture.Key("c"), definition);
            while (run < 40)
            {
                await health.Kernel.AdvanceAsync(Sec(1));
            }

            snapshot = await health.Runner.GetAsync(HealthFixture.Key("c"));
        });

        // While the flapping goes on for longer than the longest hold-down, one write of the output alone tells of it.
        Assert.InRange(health.Published.Count(p => !p.OutputOnly), 1, 2);
        Assert.InRange(health.Published.Count(p => p.OutputOnly), 0, interval < 20 ? 0 : 1);
        Assert.True(snapshot!.IsFlapping);
        Assert.StartsWith("Flapping: 3 or more changes in ", snapshot.Output, StringComparison.Ordinal);
        Assert.True(Assert.Single(health.Flaps).Flapping);
    }

    [Fact]
    public void P5_FlappingEnds_TruthIsPublishedAfterTheHoldDown()
    {
        var health = new HealthFixture();
        int run = 0;
        TimeSpan lastChange = default;
        health.OnRun = (_, _) =>
        {
            lastChange = run <= 40 ? health.Kernel.Time.Elapsed : lastChange;
            return new(run++ % 2 == 0 || run > 40 ? CheckResult.Passing("up") : CheckResult.Critical("down"));
        };
        health.Kernel.Run(async () =>
        {
            await health.Runner.AddAsync(HealthFixture.Key("c"), HealthFixture.Http(5));
            await health.Kernel.AdvanceAsync(Sec(600));
        });

        Assert.Equal([CheckStatus.Passing, CheckStatus.Critical, CheckStatus.Passing], health.Published.Select(p => p.Status));
        Assert.InRange(health.Published[^1].At - lastChange, Sec(30), Sec(30.01));
        Assert.Equal("up", health.Published[^1].Output);
        Assert.Equal([true, false], health.Flaps.Select(f => f.Flapping));
    }

    [Fact]
    public void P5_ThresholdsWithInitialStatus_AreKeptByTheRunner()
    {
        var health = new HealthFixture { OnRun = static (_, _) => new(CheckResult.Critical("refused")) };
        health.Kernel.Run(async () =>
        {
            CheckDefinition definition = HealthFixture.Http(10);
            definition.Status = CheckStatus.Warning;
            definition.SuccessBeforePassing = 1;
            definition.FailuresBeforeCritical = 10;
            await health.Runner.AddAsync(HealthFixture.Key("c"), definition);
            await health.Kernel.AdvanceAsync(Sec(90));
            Assert.Empty(health.Published);
            await health.Kernel.AdvanceAsync(Sec(30));
        });

        (TimeSpan at, _, CheckStatus status, _, _) = Assert.Single(health.Published);
        Assert.Equal(CheckStatus.Critical, status);
        Assert.InRange(at, Sec(90), Sec(100.1));
    }

    [Fact]
    public void Runner_SameSeed_GivesTheSameTranscript()
    {
        static List<string> Transcript(int seed)
        {
            var health = new HealthFixture(seed);
            int run = 0;
            health.OnRun = (_, _) => new(new CheckResult((CheckStatus)(run++ % 3), $"{run}"));
            health.Kernel.Run(async () =>
            {
                for (int i = 0; i < 20; i++)
                {
                    await health.Runner.AddAsync(HealthFixture.Key($"c{i}"), HealthFixture.Http());
                }

                await health.Kernel.AdvanceAsync(Sec(100));
            });
            return [.. health.Published.Select(p => p.ToString())];
        }

        Assert.Equal(Transcript(5), Transcript(5));
        Assert.NotEqual(Transcript(5), Transcript(6));
    }
}
