namespace Discovery.Health;

public class CheckStateTests
{
    private static TimeSpan Sec(double seconds) => TimeSpan.FromSeconds(seconds);

    private static CheckState Create(CheckDefinition definition, HealthOptions? options = null) =>
        new(CheckSettings.From(new CheckKey("web", "c"), definition, options ?? new HealthOptions()), TimeSpan.Zero, new Random(1));

    [Fact]
    public void Report_OnlyOutputChanges_IsPublishedBetweenHalfAndOneAndAHalfIntervals()
    {
        var due = new List<double>();
        var random = new Random(3);
        for (int i = 0; i < 200; i++)
        {
            CheckSettings settings = CheckSettings.From(
                new("web", "c"), new CheckDefinition { Ttl = Sec(100_000), Status = CheckStatus.Passing }, new HealthOptions());
            var state = new CheckState(settings, TimeSpan.Zero, random);
            Assert.True(state.Report(Sec(1), CheckResult.Passing("new")).IsNothing);
            TimeSpan at = state.NextDeadline!.Value;
            Assert.Equal(new CheckStep(false, true, false), state.Tick(at));
            Assert.Equal("new", state.PublishedOutput);
            due.Add((at - Sec(1)).TotalSeconds);
        }

        Assert.InRange(due.Min(), 150, 160);
        Assert.InRange(due.Max(), 440, 450);
    }

    [Fact]
    public void Report_OutputReturnsToThePublishedOne_PublishesNothing()
    {
        CheckState state = Create(new CheckDefinition { Ttl = Sec(100_000), Status = CheckStatus.Passing });
        state.Report(Sec(1), CheckResult.Passing("new"));
        state.Report(Sec(2), CheckResult.Passing(""));

        Assert.Equal(Sec(100_002), state.NextDeadline);
    }

    [Fact]
    public void Report_StatusChanges_TakesTheWaitingOutputAlong()
    {
        CheckState state = Create(new CheckDefinition { Ttl = Sec(100_000), Status = CheckStatus.Passing });
        state.Report(Sec(1), CheckResult.Passing("new"));

        Assert.Equal(new CheckStep(true, false, false), state.Report(Sec(2), CheckResult.Warning("warn")));
        Assert.Equal((CheckStatus.Warning, "warn"), (state.Published, state.PublishedOutput));
        Assert.Equal(Sec(100_002), state.NextDeadline);
    }

    [Fact]
    public void Report_ZeroUpdateInterval_PublishesEachOutputAtOnce()
    {
        CheckState state = Create(
            new CheckDefinition { Ttl = Sec(60), Status = CheckStatus.Passing },
            new HealthOptions { OutputUpdateInterval = TimeSpan.Zero });

        Assert.Equal(new CheckStep(false, true, false), state.Report(Sec(1), CheckResult.Passing("a")));
        Assert.Equal(default, state.Report(Sec(2), CheckResult.Passing("a")));
        Assert.Equal(new CheckStep(false, true, false), state.Report(Sec(3), CheckResult.Passing("b")));
    }

    [Fact]
    public void Report_LongTtlNote_IsCutAsConsulDoes()
    {
        CheckState state = Create(new CheckDefinition { Ttl = Sec(60), OutputMaxSize = 10 });
        state.Report(Sec(1), CheckResult.Passing("0123456789abc"));

        Assert.Equal("0123456789 ... (captured 10 of 13 bytes)", state.PublishedOutput);
    }

    [Fact]
    public void Report_AliasesOfEachOther_OutputsStayBounded()
    {
        var options = new HealthOptions { OutputUpdateInterval = TimeSpan.Zero };
        CheckState[] pair = [.. Enumerable.Range(0, 2).Select(_ => Create(new CheckDefinition { AliasService = "x" }, options))];
        int publications = 0;
        for (int i = 0; i < 2000; i++)
        {
            var view = new AliasView(true, "n1", [new("other", pair[(i + 1) % 2].Published, pair[(i + 1) % 2].PublishedOutput)]);
            CheckStep step = pair[i % 2].Report(Sec(i), AliasEvaluation.Evaluate(new(null, "x"), view));
            publications += step.IsNothing ? 0 : 1;
        }

        Assert.InRange(pair[0].PublishedOutput.Length, 4096, 4200);
        Assert.InRange(publications, 1, 400);
    }

    [Theory]
    [InlineData(0, 50_000, 4096)]
    [InlineData(100, 50_000, 100)]
    [InlineData(50_000, 50_000, 4096)]
    public void From_OutputMaxSize_IsTheLesserOfBoth(int own, int length, int expected)
    {
        CheckState state = Create(new CheckDefinition { Ttl = Sec(60), OutputMaxSize = own });
        state.Report(Sec(1), CheckResult.Passing(new string('x', length)));

        Assert.Equal($"{new string('x', expected)} ... (captured {expected} of {length} bytes)", state.PublishedOutput);
    }

    [Fact]
    public void Tick_LongAfterTtlAndDeregister_CountsFromTheExpiry()
    {
        CheckState state = Create(
            new CheckDefinition { Ttl = Sec(10), Status = CheckStatus.Passing, DeregisterCriticalServiceAfter = Sec(3) });

        Assert.Equal(Sec(10), state.NextDeadline);
        Assert.Equal(new CheckStep(true, false, false), state.Tick(Sec(12)));
        Assert.Equal(Sec(10), state.CriticalSince);
        Assert.Equal(Sec(13), state.NextDeadline);
        Assert.Equal(new CheckStep(false, false, true), state.Tick(Sec(20)));
        Assert.Null(state.NextDeadline);
        Assert.Equal(default, state.Tick(Sec(1000)));
    }

    [Fact]
    public void Reconfigure_CriticalCheck_KeepsStatusAndStartsTimersAnew()
    {
        var definition = new CheckDefinition { Ttl = Sec(10), DeregisterCriticalServiceAfter = Sec(30) };
        CheckState state = Create(definition);
        state.Report(Sec(5), CheckResult.Critical("bad"));
        definition.Ttl = Sec(20);
        state.Reconfigure(Sec(8), CheckSettings.From(new("web", "c"), definition, new HealthOptions()));

        Assert.Equal((CheckStatus.Critical, "bad"), (state.Published, state.Output));
        Assert.Equal(Sec(28), state.Tick(Sec(28)).IsNothing ? Sec(28) : TimeSpan.Zero);
        Assert.Equal("TTL expired (last output before timeout follows): bad", state.Output);
        Assert.Equal(Sec(38), state.DeregisterAt);
    }

    /// <summary>Whatever the results were, once they stay the same the published status follows, and all deadlines come to rest.</summary>
    [Fact]
    public void Report_RandomResults_AlwaysSettlesAndNeverPublishesMoreThanResults()
    {
        var random = new Random(42);
        for (int round = 0; round < 2000; round++)
        {
            var definition = new CheckDefinition
            {
                Http = "http://h/", Interval = Sec(random.Next(1, 40)), Status = (CheckStatus)random.Next(3),
                SuccessBeforePassing = random.Next(4), FailuresBeforeCritical = random.Next(5),
                FailuresBeforeWarning = random.Next(2) == 0 ? null : random.Next(5),
                DeregisterCriticalServiceAfter = random.Next(2) == 0 ? null : Sec(random.Next(1, 300)),
            };
            CheckState state = Create(definition, new HealthOptions { FlapThreshold = random.Next(2) == 0 ? 0 : random.Next(2, 6) });
            TimeSpan now = TimeSpan.Zero;
            int results = random.Next(200);
            for (int i = 0; i < results + 2000; i++)
            {
                now += definition.Interval!.Value * (0.5 + random.NextDouble());
                while (state.NextDeadline is { } due && due <= now)
                {
                    TimeSpan? before = state.NextDeadline;
                    state.Tick(due);
                    Assert.True(state.NextDeadline is null || state.NextDeadline > before);
                }

                CheckStatus last = state.Published;
                var result = (CheckStatus)(i < results ? random.Next(3) : round % 3);
                CheckStep step = state.Report(now, new(result, "x"));
                Assert.Equal(last != state.Published, step.PublishStatus);
                Assert.Equal(state.Settled == CheckStatus.Critical, state.CriticalSince is not null);
                if (!state.IsFlapping)
                {
                    Assert.Equal(state.Settled, state.Published);
                }
            }

            Assert.Equal((CheckStatus)(round % 3), state.Published);
            Assert.False(state.IsFlapping);
        }
    }
}
