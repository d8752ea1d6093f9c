namespace Discovery.Health;

public class CheckRunnerTests
{
    private static TimeSpan Sec(double seconds) => TimeSpan.FromSeconds(seconds);

    [Fact]
    public void AddAsync_ManyChecks_FirstRunsSpreadOverTheIntervalAndNextFollowsTheEnd()
    {
        var health = new HealthFixture();
        var runs = new Dictionary<CheckDefinition, List<(TimeSpan Start, TimeSpan End)>>();
        health.OnRun = async (definition, token) =>
        {
            TimeSpan start = health.Kernel.Time.Elapsed;
            await Task.Delay(Sec(3), health.Kernel.Time, token);
            runs.TryAdd(definition, []);
            runs[definition].Add((start, health.Kernel.Time.Elapsed));
            return CheckResult.Passing();
        };
        health.Kernel.Run(async () =>
        {
            for (int i = 0; i < 100; i++)
            {
                await health.Runner.AddAsync(HealthFixture.Key($"c{i}"), HealthFixture.Http());
            }

            await health.Kernel.AdvanceAsync(Sec(60));
        });

        Assert.Equal(100, runs.Count);
        TimeSpan[] first = [.. runs.Values.Select(r => r[0].Start).Order()];
        Assert.InRange(first[0], TimeSpan.Zero, Sec(1));
        Assert.InRange(first[^1], Sec(9), Sec(10.01));
        Assert.InRange(first[50], Sec(3), Sec(7));
        foreach (List<(TimeSpan Start, TimeSpan End)> list in runs.Values)
        {
            for (int i = 1; i < list.Count; i++)
            {
                Assert.InRange(list[i].Start - list[i - 1].End, Sec(10), Sec(10.002));
            }
        }
    }

    [Fact]
    public void Run_ManyDueAtOnce_NeverMoreThanTheLimitAndNeverTwiceTheSame()
    {
        var health = new HealthFixture(options: new HealthOptions { ConcurrentProbesMax = 7 });
        int now = 0;
        int most = 0;
        int total = 0;
        var active = new HashSet<CheckDefinition>();
        health.OnRun = async (definition, token) =>
        {
            Assert.True(active.Add(definition));
            most = Math.Max(most, ++now);
            await Task.Delay(Sec(0.5), health.Kernel.Time, token);
            now--;
            total++;
            active.Remove(definition);
            return CheckResult.Passing();
        };
        health.Kernel.Run(async () =>
        {
            for (int i = 0; i < 100; i++)
            {
                await health.Runner.AddAsync(HealthFixture.Key($"c{i}"), HealthFixture.Http(1));
            }

            await health.Kernel.AdvanceAsync(Sec(60));
        });

        Assert.Equal(7, most);
        // Seven at a time for half a second each: 14 a second, less the start.
        Assert.InRange(total, 800, 840);
        Assert.Equal(100, health.Published.Count);
    }

    [Fact]
    public void Run_HangThrowNullAndUnknownStatus_AreCriticalResultsAndTheRestGoesOn()
    {
        var health = new HealthFixture();
        health.OnRun = async (definition, token) =>
        {
            switch (definition.Name)
            {
                case "hangs":
                    await Task.Delay(Timeout.InfiniteTimeSpan, health.Kernel.Time, token);
                    return CheckResult.Passing();
                case "throws": throw new InvalidOperationException("it broke", new IOException("the disk"));
                case "cancels": throw new OperationCanceledException("own idea");
                case "null": return new CheckResult(CheckStatus.Critical, null!);
                case "unknown": return new CheckResult((CheckStatus)7, "odd");
                default: return CheckResult.Passing("fine");
            }
        };
        var outputs = new Dictionary<string, string>();
        health.Kernel.Run(async () =>
        {
            foreach (string name in (string[])["hangs", "throws", "cancels", "null", "unknown", "good"])
            {
                CheckDefinition definition = HealthFixture.Http(1);
                definition.Name = name;
                definition.Status = CheckStatus.Warning;
                definition.Timeout = Sec(2);
                await health.Runner.AddAsync(HealthFixture.Key(name), definition);
            }

            await health.Kernel.AdvanceAsync(Sec(10));
        });

        foreach ((_, CheckKey key, CheckStatus status, string output, _) in health.Published)
        {
            outputs.Add(key.CheckId, $"{CheckText.StatusName(status)}: {output}");
        }

        Assert.Equal(
            [
                "cancels=critical: own idea", "good=passing: fine", "hangs=critical: Timed out (2s) running check", "null=critical: ",
                "throws=critical: it broke: the disk", "unknown=critical: the check gave the unknown status 7: odd",
            ],
            outputs.OrderBy(o => o.Key, StringComparer.Ordinal).Select(o => $"{o.Key}={o.Value}"));
    }

    [Fact]
    public void OnStatus_SinkThrows_OtherChecksAndLaterResultsStillArrive()
    {
        var health = new HealthFixture { OnSink = static _ => throw new InvalidOperationException("sink") };
        bool pass = true;
        health.OnRun = (_, _) => new(pass ? CheckResult.Passing() : CheckResult.Critical());
        health.Kernel.Run(async () =>
        {
            await health.Runner.AddAsync(HealthFixture.Key("a"), HealthFixture.Http(1));
            await health.Runner.AddAsync(HealthFixture.Key("b"), HealthFixture.Http(1));
            await health.Kernel.AdvanceAsync(Sec(5));
            pass = false;
            await health.Kernel.AdvanceAsync(Sec(5));
        });

        Assert.Equal(4, health.Published.Count);
    }

    [Fact]
    public void AddAsync_ExistingKey_KeepsStatusAndOutputAndDropsTheOldRun()
    {
        var health = new HealthFixture();
        int finished = 0;
        int cancelled = 0;
        health.OnRun = async (definition, token) =>
        {
            if (definition.Name == "slow")
            {
                using CancellationTokenRegistration registration = token.Register(() => cancelled++);
                await Task.Delay(Sec(5), health.Kernel.Time, CancellationToken.None);
                finished++;
                return CheckResult.Critical("of the old definition");
            }

            return CheckResult.Passing("of the new definition");
        };
        health.Kernel.Run(async () =>
        {
            CheckKey key = HealthFixture.Key("a");
            await health.Runner.AddAsync(key, new CheckDefinition { Ttl = Sec(60) });
            await health.Runner.ReportAsync(key, CheckResult.Warning("note"));
            CheckDefinition slow = HealthFixture.Http(0.001);
            slow.Name = "slow";
            await health.Runner.AddAsync(key, slow);
            CheckSnapshot? kept = await health.Runner.GetAsync(key);
            Assert.Equal((CheckStatus.Warning, "note", CheckKind.Http), (kept!.Status, kept.Output, kept.Kind));
            await health.Kernel.AdvanceAsync(Sec(1));
            await health.Runner.AddAsync(key, HealthFixture.Http(0.001));
            await health.Kernel.AdvanceAsync(Sec(3.9));
            Assert.Equal((1, 0, 1), (cancelled, finished, health.Published.Count));
            await health.Kernel.AdvanceAsync(Sec(0.2));
        });

        Assert.Equal(1, finished);
        Assert.Equal([CheckStatus.Warning, CheckStatus.Passing], health.Published.Select(p => p.Status));
        Assert.Equal("of the new definition", health.Published[^1].Output);
    }

    [Fact]
    public void RemoveAsync_WhileRunning_CancelsAndPublishesNothing()
    {
        var health = new HealthFixture();
        bool cancelled = false;
        health.OnRun = async (_, token) =>
        {
            using CancellationTokenRegistration registration = token.Register(() => cancelled = true);
            await Task.Delay(Sec(5), health.Kernel.Time, token);
            return CheckResult.Passing();
        };
        health.Kernel.Run(async () =>
        {
            await health.Runner.AddAsync(HealthFixture.Key("a"), HealthFixture.Http(1));
            await health.Kernel.AdvanceAsync(Sec(2));
            Assert.True(await health.Runner.RemoveAsync(HealthFixture.Key("a")));
            Assert.False(await health.Runner.RemoveAsync(HealthFixture.Key("a")));
            Assert.Null(await health.Runner.GetAsync(HealthFixture.Key("a")));
            await health.Kernel.AdvanceAsync(Sec(60));
        });

        Assert.True(cancelled);
        Assert.Empty(health.Published);
    }

    [Fact]
    public void ReportAsync_TtlCheck_PublishesRenewsAndExpires()
    {
        var health = new HealthFixture();
        health.Kernel.Run(async () =>
        {
            CheckKey key = HealthFixture.Key("ttl");
            await health.Runner.AddAsync(key, new CheckDefinition { Ttl = Sec(10) });
            await health.Runner.AddAsync(HealthFixture.Key("http"), HealthFixture.Http(1_000_000));
            Assert.Equal(CheckReportOutcome.NotTtl, await health.Runner.ReportAsync(HealthFixture.Key("http"), CheckResult.Passing()));
            Assert.Equal(CheckReportOutcome.UnknownCheck, await health.Runner.ReportAsync(HealthFixture.Key("x"), CheckResult.Passing()));
            for (int i = 0; i < 5; i++)
            {
                await health.Runner.ReportAsync(key, CheckResult.Passing("alive"));
                await health.Kernel.AdvanceAsync(Sec(9));
            }

            Assert.Single(health.Published);
            await health.Kernel.AdvanceAsync(Sec(30));
            await health.Runner.ReportAsync(key, CheckResult.Passing());
            await health.Kernel.AdvanceAsync(Sec(30));
        });

        Assert.Equal(
            [
                (Sec(0), CheckStatus.Passing, "alive"),
                (Sec(46), CheckStatus.Critical, "TTL expired (last output before timeout follows): alive"),
                (Sec(75), CheckStatus.Passing, ""),
                (Sec(85), CheckStatus.Critical, "TTL expired"),
            ],
            health.Published.Select(p => (p.At, p.Status, p.Output)));
    }

    [Fact]
    public void Alias_SourceChanges_FollowsAtOnceAndUnsubscribes()
    {
        var health = new HealthFixture();
        var target = new AliasTarget(null, "db");
        CheckKey key = HealthFixture.Key("alias");
        health.Kernel.Run(async () =>
        {
            await health.Runner.AddAsync(key, new CheckDefinition { AliasService = "db", Status = CheckStatus.Passing });
            await health.Kernel.AdvanceAsync(Sec(1));
            health.SetView(target, new AliasView(true, "n1", []));
            await health.Kernel.AdvanceAsync(Sec(1));
            var one = new AliasedCheck("one", CheckStatus.Warning, "hm");
            health.SetView(target, new AliasView(true, "n1", [one, new("two", CheckStatus.Critical, "no")]));
            await health.Kernel.AdvanceAsync(Sec(1));
            health.SetView(target, new AliasView(true, "n1", [one, new("two", CheckStatus.Passing, "")]));
            await health.Kernel.AdvanceAsync(Sec(1));
            health.Views[target] = new AliasView(true, "n1", [new("two", CheckStatus.Passing, "")]);
            await health.Kernel.AdvanceAsync(Sec(61));
            Assert.Equal(1, health.Subscriptions);
            await health.Runner.RemoveAsync(key);
        });

        Assert.Equal(0, health.Subscriptions);
        Assert.Equal(
            [
                (0, "Service db could not be found on node n1"), (1, "No checks found."), (2, "Aliased check \"two\" failing: no"),
                (3, "Aliased check \"one\" failing: hm"), (63, "All checks passing."),
            ],
            health.Published.Select(p => ((int)p.At.TotalSeconds, p.Output)));
    }

    [Fact]
    public void GetAsync_AfterRuns_TellsTheLastTwenty()
    {
        var health = new HealthFixture();
        int run = 0;
        health.OnRun = (_, _) => new(new CheckResult(run % 2 == 0 ? CheckStatus.Passing : CheckStatus.Critical, $"run {run++}"));
        CheckSnapshot? snapshot = null;
        health.Kernel.Run(async () =>
        {
            await health.Runner.AddAsync(HealthFixture.Key("a"), HealthFixture.Http(1));
            await health.Kernel.AdvanceAsync(Sec(30.5));
            snapshot = await health.Runner.GetAsync(HealthFixture.Key("a"));
        });

        Assert.Equal(20, snapshot!.Runs.Count);
        Assert.Equal($"run {run - 1}", snapshot.Runs[^1].Output);
        Assert.Equal($"run {run - 20}", snapshot.Runs[0].Output);
        Assert.InRange(health.Kernel.Time.GetUtcNow() - snapshot.Runs[^1].At, TimeSpan.Zero, Sec(1.01));
        Assert.True(snapshot.IsFlapping);
        Assert.StartsWith(
            "Flapping: 3 or more changes in 60s; better only after 30s without a change.\nrun ",
            snapshot.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_WithAnotherStatus_IsLoggedOnceOnOneLine()
    {
        var health = new HealthFixture();
        int run = 0;
        health.OnRun = (_, _) => new(run++ < 3 ? CheckResult.Passing("ok") : CheckResult.Critical("no\nanswer " + new string('x', 300)));
        health.Kernel.Run(async () =>
        {
            await health.Runner.AddAsync(HealthFixture.Key("a"), HealthFixture.Http(1));
            await health.Kernel.AdvanceAsync(Sec(30));
        });

        Assert.Equal(
            [
                "1305 Information Check a of web is now passing: ok",
                $"1305 Information Check a of web is now critical: no answer {new string('x', 190)}",
            ],
            health.Logger.Lines);
    }

    [Fact]
    public void DisposeAsync_WithHangingRuns_EndsAndLaterCallsAreRefused()
    {
        var health = new HealthFixture();
        health.OnRun = async (_, _) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, health.Kernel.Time, CancellationToken.None);
            return CheckResult.Passing();
        };
        health.Kernel.Run(async () =>
        {
            await health.Runner.AddAsync(HealthFixture.Key("a"), HealthFixture.Http(1));
            await health.Kernel.AdvanceAsync(Sec(2));
            await health.Runner.DisposeAsync();
            DiscoveryException refused = await Assert.ThrowsAsync<DiscoveryException>(
                async () => await health.Runner.RemoveAsync(HealthFixture.Key("a")));
            Assert.Equal(DiscoveryError.Stopped, refused.Error);
        });

        Assert.Equal(Sec(7), health.Kernel.Time.Elapsed);
    }

    [Fact]
    public void Run_TenThousandChecks_EachRunsEachInterval()
    {
        var health = new HealthFixture(options: new HealthOptions { ConcurrentProbesMax = 10_000 });
        int runs = 0;
        health.OnRun = (_, _) =>
        {
            runs++;
            return new(CheckResult.Passing("ok"));
        };
        health.Kernel.Run(async () =>
        {
            for (int i = 0; i < 10_000; i++)
            {
                await health.Runner.AddAsync(HealthFixture.Key($"c{i}"), HealthFixture.Http());
            }

            await health.Kernel.AdvanceAsync(Sec(30.5));
        });

        Assert.Equal(10_000, health.Published.Count);
        Assert.InRange(runs, 30_000, 31_000);
    }
}
