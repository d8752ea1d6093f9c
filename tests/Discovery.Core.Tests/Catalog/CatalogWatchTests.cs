namespace Discovery.Catalog;

public sealed class CatalogWatchTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void WatchAsync_RandomHistory_DeltasOnTheFirstListGiveEveryLaterList(int seed)
    {
        var harness = new CatalogHarness(seed);
        var history = new CatalogHistory(seed);
        harness.Kernel.Run(async () =>
        {
            using var ended = new CancellationTokenSource();
            var latest = new WatchModel(harness, "web", new WatchOptions { Mode = WatchMode.Latest });
            var every = new WatchModel(harness, "web", new WatchOptions { Mode = WatchMode.Every });
            Task[] watching = [latest.RunAsync(ended.Token), every.RunAsync(ended.Token)];
            Random pauses = harness.Kernel.CreateRandom();
            for (int i = 0; i < 800; i++)
            {
                await ProposeAsync(harness, history.Next());
                if (pauses.Next(8) == 0)
                {
                    await Task.Delay(Second, harness.Kernel.Time);
                }
            }

            await harness.Kernel.AdvanceAsync(Second);
            latest.AssertEquals(harness.Parts.Instances("web"));
            every.AssertEquals(harness.Parts.Instances("web"));
            Assert.True(every.Items > latest.Items);
            Assert.Equal(0, harness.WatchMetrics.ResyncCount);
            await ended.CancelAsync();
            foreach (Task watch in watching)
            {
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watch);
            }

            Assert.Equal((0, 0), (harness.WatchMetrics.OpenCount, harness.State.Watches.Count));
        });
    }

    [Fact]
    public void WatchAsync_ResumedAtEveryItem_GivesTheRestWithoutGapOrDuplicate()
    {
        var harness = new CatalogHarness();
        var history = new CatalogHistory(8);
        harness.Kernel.Run(async () =>
        {
            StatePosition start = harness.State.Current.Position;
            await ProposeBatchAsync(harness, history.Take(150));
            List<ServiceChange> all = await ReadAsync(
                harness, new WatchOptions { Mode = WatchMode.Every, Start = WatchStart.Resume, ResumeFrom = start });
            Assert.True(all.Count > 40);
            for (int i = 0; i < all.Count; i++)
            {
                List<ServiceChange> rest = await ReadAsync(
                    harness, new WatchOptions { Mode = WatchMode.Every, Start = WatchStart.Resume, ResumeFrom = all[i].Position });
                Assert.Equal(all.Skip(i + 1).Select(static item => item.Position), rest.Select(static item => item.Position));
            }
        });
    }

    [Fact]
    public void WatchAsync_StartNow_GivesWhatComesAfterTheCall()
    {
        var harness = new CatalogHarness();
        harness.Kernel.Run(async () =>
        {
            await harness.ExecuteAsync(Make.Register("n1", "web1", "web"));
            IAsyncEnumerable<ServiceChange> watch = harness.Catalog.WatchAsync("WEB", new WatchOptions { Start = WatchStart.Now });
            await harness.ExecuteAsync(Make.Register("n1", "web2", "web"));
            await using IAsyncEnumerator<ServiceChange> items = watch.GetAsyncEnumerator();
            Assert.True(await items.MoveNextAsync());
            Assert.Equal((null, "web2"), (items.Current.Deltas[0].Old, items.Current.Deltas[0].New!.Id));
            Assert.Single(items.Current.Deltas);
        });
    }

    [Fact]
    public void WatchAsync_WriterWithoutPause_LatestMergesAndEverySplits()
    {
        var harness = new CatalogHarness();
        harness.Kernel.Run(async () =>
        {
            StatePosition start = harness.State.Current.Position;
            for (int i = 1; i <= 100; i++)
            {
                await harness.ExecuteAsync(Make.Register("n1", "web1", "web", port: i));
            }

            var resume = new WatchOptions { Start = WatchStart.Resume, ResumeFrom = start };
            ServiceChange net = Assert.Single(await ReadAsync(harness, resume));
            Assert.Equal((ServiceChangeKind.Delta, null, 100), (net.Kind, net.Deltas[0].Old, net.Deltas[0].New!.Port));
            List<ServiceChange> each = await ReadAsync(harness, resume with { Mode = WatchMode.Every });
            Assert.Equal(Enumerable.Range(1, 100), each.Select(static item => item.Deltas[0].New!.Port));
            Assert.Equal(Enumerable.Range(0, 100), each.Select(static item => item.Deltas[0].Old?.Port ?? 0));
        });
    }

    [Fact]
    public void WatchAsync_RingOverflow_GivesOneResyncWithEverything()
    {
        var harness = new CatalogHarness(ringBytes: 20_000);
        harness.Kernel.Run(async () =>
        {
            await using IAsyncEnumerator<ServiceChange> slow = harness.Catalog.WatchAsync(
                "web", new WatchOptions { Mode = WatchMode.Every }).GetAsyncEnumerator();
            Assert.True(await slow.MoveNextAsync());
            Assert.Equal((ServiceChangeKind.Current, 0), (slow.Current.Kind, slow.Current.Instances.Count));
            for (int i = 0; i < 1000; i++)
            {
                await harness.ExecuteAsync(Make.Register("n1", $"web{i % 10}", "web", port: i + 1));
            }

            Assert.Equal(0, harness.WatchMetrics.ResyncCount);
            Assert.True(await slow.MoveNextAsync());
            Assert.Equal((ServiceChangeKind.Resync, 10), (slow.Current.Kind, slow.Current.Instances.Count));
            Assert.Equal(harness.State.Current.Position, slow.Current.Position);
            ValueTask<bool> next = slow.MoveNextAsync();
            await harness.Kernel.AdvanceAsync(Second);
            Assert.False(next.IsCompleted);
            await harness.ExecuteAsync(Make.Register("n1", "web0", "web", port: 7));
            Assert.True(await next);
            Assert.Equal(ServiceChangeKind.Delta, slow.Current.Kind);
            Assert.Equal(1, harness.WatchMetrics.ResyncCount);
        });
    }

    [Fact]
    public void WatchAsync_QuietServiceWhileOthersFillTheRing_NeedsNoResync()
    {
        var harness = new CatalogHarness(ringBytes: 20_000);
        harness.Kernel.Run(async () =>
        {
            await harness.ExecuteAsync(Make.Register("n1", "web1", "web"));
            StatePosition position = harness.State.Current.Position;
            for (int i = 0; i < 500; i++)
            {
                await harness.ExecuteAsync(Make.Register("n2", "api1", "api", port: i + 1));
            }

            await harness.ExecuteAsync(Make.Register("n1", "web1", "web", port: 81));
            List<ServiceChange> items = await ReadAsync(harness, new WatchOptions { Start = WatchStart.Resume, ResumeFrom = position });
            Assert.Equal([ServiceChangeKind.Delta], items.Select(static item => item.Kind));
        });
    }

    [Fact]
    public void WatchAsync_Restore_GivesOneResyncAndGoesOn()
    {
        var harness = new CatalogHarness();
        harness.Kernel.Run(async () =>
        {
            await harness.ExecuteAsync(Make.Register("n1", "web1", "web"));
            var file = new MemoryStream();
            harness.State.WriteSnapshot(file);
            await harness.ExecuteAsync(Make.Register("n1", "web2", "web"));
            var kinds = new List<string>();
            await using IAsyncDisposable subscription = harness.Catalog.Subscribe("web", (change, _) =>
            {
                kinds.Add($"{change.Kind} {string.Join(',', change.Instances.Select(static one => one.Id))}{change.Deltas.Count}");
                return ValueTask.CompletedTask;
            });
            await harness.Kernel.AdvanceAsync(Second);
            file.Position = 0;
            ProposalResult restored = await harness.Log.RestoreAsync(file, Guid.NewGuid());
            Assert.Equal(ProposalOutcome.Applied, restored.Outcome);
            await harness.Kernel.AdvanceAsync(Second);
            await harness.ExecuteAsync(Make.Register("n1", "web1", "web", port: 81));
            await harness.Kernel.AdvanceAsync(Second);
            Assert.Equal(["Current web1,web20", "Resync web10", "Delta 1"], kinds);
        });
    }

    [Theory]
    [InlineData("00000000-0000-0000-0000-000000000000", 5)]
    [InlineData("22222222-2222-2222-2222-222222222222", 2)]
    [InlineData("11111111-1111-1111-1111-111111111111", 99_999)]
    public void WatchAsync_PositionOfAnotherHistory_Resyncs(string lineage, ulong index)
    {
        var harness = new CatalogHarness();
        harness.Kernel.Run(async () =>
        {
            await harness.ExecuteAsync(Make.Register("n1", "web1", "web"));
            List<ServiceChange> items = await ReadAsync(
                harness, new WatchOptions { Start = WatchStart.Resume, ResumeFrom = new StatePosition(new Guid(lineage), index) });
            Assert.Equal([ServiceChangeKind.Resync], items.Select(static item => item.Kind));
            Assert.Equal(1, harness.WatchMetrics.ResyncCount);
        });
    }

    [Fact]
    public void WatchAsync_NodeStops_EndsWithoutException()
    {
        var harness = new CatalogHarness();
        harness.Kernel.Run(async () =>
        {
            Task<List<ServiceChange>> items = ReadAsync(harness, new WatchOptions(), forever: true);
            await harness.Kernel.AdvanceAsync(Second);
            Assert.False(items.IsCompleted);
            harness.Lifetime.Stop();
            Assert.Equal([ServiceChangeKind.Current], (await items).Select(static item => item.Kind));
            Assert.Equal(0, harness.WatchMetrics.OpenCount);
        });
    }

    [Fact]
    public void WatchAsync_BadCall_IsToldAtOnce()
    {
        var harness = new CatalogHarness();
        var elsewhere = new WatchOptions { Context = new CallContext { Datacenter = "dc9" } };
        DiscoveryException e = Assert.Throws<DiscoveryException>(() => harness.Catalog.WatchAsync("web", elsewhere));
        Assert.Equal((DiscoveryError.NoPathToDatacenter, "No path to datacenter"), (e.Error, e.Message));
        Assert.Throws<DiscoveryException>(() => harness.Catalog.Subscribe("web", (_, _) => ValueTask.CompletedTask, elsewhere));
        e = Assert.Throws<DiscoveryException>(() => harness.Catalog.WatchAsync("a\0b"));
        Assert.Equal("The query is invalid: Service: \"a\uFFFDb\" has control characters.", e.Message);
    }

    [Fact]
    public void Subscribe_HandlerThrows_IsLoggedCountedAndGoesOn()
    {
        var harness = new CatalogHarness();
        harness.Kernel.Run(async () =>
        {
            var ports = new List<int>();
            IAsyncDisposable subscription = harness.Catalog.Subscribe(
                "web",
                (change, _) =>
                {
                    ports.AddRange(change.Deltas.Select(static delta => delta.New!.Port));
                    return ports.Count % 2 == 1 ? throw new FormatException("bad handler") : ValueTask.CompletedTask;
                },
                new WatchOptions { Mode = WatchMode.Every });
            for (int port = 1; port <= 5; port++)
            {
                await harness.ExecuteAsync(Make.Register("n1", "web1", "web", port));
                await harness.Kernel.AdvanceAsync(Second);
            }

            Assert.Equal([1, 2, 3, 4, 5], ports);
            Assert.Equal(3, harness.WatchMetrics.HandlerFailureCount);
            Assert.Equal(3, harness.Logger.Lines.Count);
            Assert.Equal(
                "1100 Error The handler of a subscription to web threw on the change at index 3; it goes on with the next",
                harness.Logger.Lines[0]);
            await subscription.DisposeAsync();
            await harness.ExecuteAsync(Make.Register("n1", "web1", "web", 6));
            await harness.Kernel.AdvanceAsync(Second);
            Assert.Equal(5, ports.Count);
            Assert.Equal(0, harness.WatchMetrics.OpenCount);
        });
    }

    [Fact]
    public void WatchAsync_TenThousandWatchersOnAHundredServices_OneChangeWakesItsOwnOnly()
    {
        var harness = new CatalogHarness();
        harness.Kernel.Run(async () =>
        {
            var delivered = new int[100];
            using var ended = new CancellationTokenSource();
            for (int i = 0; i < 10_000; i++)
            {
                int service = i % 100;
                _ = harness.Kernel.Start(async () =>
                {
                    await foreach (ServiceChange change in harness.Catalog.WatchAsync($"svc-{service}", cancellationToken: ended.Token))
                    {
                        delivered[service] += change.Deltas.Count;
                    }
                });
            }

            await harness.Kernel.AdvanceAsync(Second);
            Assert.Equal((10_000, 10_000), (harness.WatchMetrics.OpenCount, harness.State.Watches.Count));
            long wakes = harness.State.Watches.Wakes;
            await harness.ExecuteAsync(Make.Register("n1", "x", "svc-42"));
            await harness.Kernel.AdvanceAsync(Second);
            Assert.Equal(100, harness.State.Watches.Wakes - wakes);
            Assert.Equal(100, delivered[42]);
            Assert.Equal(100, delivered.Sum());
            await ended.CancelAsync();
            await harness.Kernel.AdvanceAsync(Second);
            Assert.Equal((0, 0), (harness.WatchMetrics.OpenCount, harness.State.Watches.Count));
        });
    }

    private static Task ProposeAsync(CatalogHarness harness, object command) => command switch
    {
        RegisterCommand register => harness.ProposeAsync(register),
        DeregisterCommand deregister => harness.ExecuteAsync(deregister),
        _ => throw new ArgumentException("an unknown command"),
    };

    private static Task ProposeBatchAsync(CatalogHarness harness, List<object> commands) =>
        Task.WhenAll(commands.ConvertAll(command => ProposeAsync(harness, command)));

    // Reads what is there now, or until the node stops.
    private static async Task<List<ServiceChange>> ReadAsync(CatalogHarness harness, WatchOptions options, bool forever = false)
    {
        var items = new List<ServiceChange>();
        using var ended = new CancellationTokenSource();
        Task reading = harness.Kernel.Start(async () =>
        {
            await foreach (ServiceChange item in harness.Catalog.WatchAsync("web", options, ended.Token))
            {
                items.Add(item);
            }
        });
        if (!forever)
        {
            await harness.Kernel.AdvanceAsync(TimeSpan.FromMilliseconds(1));
            await ended.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        }
        else
        {
            await reading;
        }

        return items;
    }
}
