using Discovery.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace Discovery.DependencyInjection;

public sealed class LifecycleTests
{
    [Fact]
    public void Start_WithServices_RegistersThemAndTellsOneReadyLine() => Run(async (kernel, node) =>
    {
        await node.Lifecycle.StartingAsync(default);
        Assert.Equal(NodePhase.Running, node.Node.Status.Phase);
        Assert.Empty(node.Catalog.Find("web").All);
        CatalogNode row = Assert.Single((await node.Catalog.QueryNodesAsync(new NodeQuery())).Body);
        Assert.Equal(("n1", "10.0.0.1", node.Node.Id), (row.Name, row.Address, row.Id));

        await node.Lifecycle.StartedAsync(default);

        ServiceInstance web = Assert.Single(node.Catalog.Find("web").Passing);
        Assert.Equal(("web", "http://10.0.0.1/"), (web.Id, web.Uri.ToString()));
        Assert.Equal(["1500 Information Node n1 is ready at 10.0.0.1 after 0 ms"], node.Lines);
        await node.StopAsync();
    });

    [Fact]
    public void Start_WithRealAddresses_UsesThem() => Run(
        async (kernel, node) =>
        {
            await node.StartAsync();

            Assert.Equal(
                ["https://10.0.0.1:5001/", "http://127.0.0.1:5000/", "http://10.9.9.9/", "http://10.0.0.1:7/"],
                new[] { "a", "b", "c", "d" }.Select(name => node.Catalog.Find(name).All.Single().Uri.ToString()));
            Assert.Equal(["1500 Information Node n1 is ready at https://10.0.0.1:5001, http://127.0.0.1:5000 after 0 ms"], node.Lines);
            await node.StopAsync();
        },
        static builder =>
        {
            builder.AddService("a").AddService("b", static s => s.Meta["scheme"] = "http")
                .AddService("c", static s => s.Address = "10.9.9.9").AddService("d", static s => s.Port = 7);
            builder.Services.AddSingleton<IAdvertisedAddressSource>(
                new FixedAddresses([new("https", null, 5001), new("http", "127.0.0.1", 5000)]));
        });

    [Fact]
    public void Stop_Gracefully_DrainsWaitsDeregistersReleasesLeaves() => Run(async (kernel, node) =>
    {
        await node.StartAsync();
        TimeSpan begun = kernel.Time.Elapsed;
        Task stopping = node.Lifecycle.StoppingAsync(default);
        await kernel.AdvanceAsync(TimeSpan.FromMilliseconds(999));
        ServiceView draining = node.Catalog.Find("web");
        Assert.Equal((1, 0, 0), (draining.All.Count, draining.Passing.Count, draining.Available.Count));
        Assert.False(stopping.IsCompleted);
        await stopping;

        Assert.Equal(TimeSpan.FromSeconds(1), kernel.Time.Elapsed - begun);
        Assert.Empty(node.Catalog.Find("web").All);
        Assert.Equal(NodePhase.Stopping, node.Node.Status.Phase);
        await node.Lifecycle.StoppedAsync(default);
        Assert.Equal(NodePhase.Stopped, node.Node.Status.Phase);
        Assert.Equal(TimeSpan.FromSeconds(1), kernel.Time.Elapsed - begun);
        Assert.All(node.Node.Status.Loops, static loop => Assert.Contains(loop.Phase, new[] { LoopPhase.Stopped, LoopPhase.Completed }));
    });

    [Fact]
    public void Running_NamesThatComeAndGo_AreForgottenInTime() => Run(async (kernel, node) =>
    {
        await node.StartAsync();
        for (int i = 0; i < 100; i++)
        {
            await node.Node.Agent.RegisterServiceAsync(new ServiceRegistration { Name = $"guest{i}" });
            await node.Node.Agent.DeregisterServiceAsync($"guest{i}");
        }

        Assert.Equal(100, node.Catalog.Snapshot.Topics.Absent.Count);
        await kernel.AdvanceAsync(TimeSpan.FromMinutes(17));
        Assert.Equal(0, node.Catalog.Snapshot.Topics.Absent.Count);
        Assert.Null(node.Node.Status.Fault);
        await node.StopAsync();
    });

    [Fact]
    public void Stop_WithCancelledToken_SkipsTheDelayOnly() => Run(async (kernel, node) =>
    {
        await node.StartAsync();
        TimeSpan begun = kernel.Time.Elapsed;
        Task<QueryReply<IReadOnlyList<ServiceInstance>>> blocked = Block(node);

        await node.StopAsync(new CancellationToken(canceled: true));

        Assert.Equal(begun, kernel.Time.Elapsed);
        Assert.Empty(node.Catalog.Find("web").All);
        Assert.True(blocked.IsCompletedSuccessfully);
        Assert.Equal(NodePhase.Stopped, node.Node.Status.Phase);
        Assert.Single(node.Lines);
    });

    [Fact]
    public void Stop_WithoutServices_WaitsForNothing() => Run(
        async (kernel, node) =>
        {
            await node.StartAsync();
            TimeSpan begun = kernel.Time.Elapsed;
            await node.StopAsync();
            Assert.Equal(begun, kernel.Time.Elapsed);
        },
        static _ => { });

    [Fact]
    public void Stop_WithAThousandBlockedQueriesWatchesAndASubscription_ReleasesThemAll() => Run(async (kernel, node) =>
    {
        await node.StartAsync();
        Task<QueryReply<IReadOnlyList<ServiceInstance>>>[] blocked = [.. Enumerable.Range(0, 1000).Select(_ => Block(node))];
        Task<int> watched = WatchAsync(node.Catalog);
        int handled = 0;
        await using IAsyncDisposable subscription = node.Catalog.Subscribe("other", (_, _) =>
        {
            handled++;
            return ValueTask.CompletedTask;
        });
        await kernel.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.DoesNotContain(blocked, static task => task.IsCompleted);
        TimeSpan begun = kernel.Time.Elapsed;

        await node.StopAsync();

        Assert.All(blocked, static task => Assert.True(task.IsCompletedSuccessfully));
        Assert.Equal(1, await watched);
        Assert.Equal(1, handled);
        Assert.Equal(TimeSpan.FromSeconds(1), kernel.Time.Elapsed - begun);
        Assert.Equal(0, node.Get<QueryMetrics>().BlockedCount);
    });

    [Fact]
    public void Register_OneServiceFails_OthersAreThereAndHealthIsDegraded() => Run(
        async (kernel, node) =>
        {
            await node.StartAsync();

            Assert.Single(node.Catalog.Find("web").Passing);
            HealthCheckResult health = await HealthAsync(node);
            Assert.Equal(
                (HealthStatus.Degraded, "Service broken is not registered: no check today"), (health.Status, health.Description));
            await node.StopAsync();
        },
        static builder =>
        {
            var check = new CheckDefinition { Ttl = TimeSpan.FromHours(1), Status = CheckStatus.Passing };
            builder.AddService("web", s => s.Checks.Add(check))
                .AddService("broken");
            builder.Services.AddSingleton<IDefaultCheckSource, FailingCheckSource>();
        });

    [Fact]
    public void Health_OverTheNodesLife_IsTold() => Run(async (kernel, node) =>
    {
        Assert.Equal((HealthStatus.Unhealthy, "The node has not started"), Shown(await HealthAsync(node)));
        await node.StartAsync();
        HealthCheckResult running = await HealthAsync(node);
        Assert.Equal((HealthStatus.Healthy, "The leader is n1"), Shown(running));
        Assert.Equal("n1", running.Data["leader"]);
        await node.StopAsync();
        Assert.Equal((HealthStatus.Unhealthy, "The node is stopping"), Shown(await HealthAsync(node)));
    });

    [Fact]
    public void P41_LoopsAndHandlersThatFail_DegradeHealthAndHarmNothing() => Run(async (kernel, node) =>
    {
        var unobserved = new List<Exception>();

        // Of this test only: others run beside it in this process.
        void OnUnobserved(object? sender, UnobservedTaskExceptionEventArgs e) => unobserved.AddRange(
            e.Exception.InnerExceptions.Where(static inner =>
                inner is IOException { Message: "no route" } or InvalidOperationException { Message: "handler" }));
        TaskScheduler.UnobservedTaskException += OnUnobserved;
        await node.StartAsync();
        bool fails = true;
        int runs = 0;
        _ = node.Get<LoopSupervisor>().Start(
            "heartbeat",
            async token =>
            {
                runs++;
                await Task.Delay(TimeSpan.FromSeconds(1), kernel.Time, token);
                _ = fails ? throw new IOException("no route") : 0;
                await Task.Delay(Timeout.InfiniteTimeSpan, kernel.Time, token);
            },
            LoopRestart.OnFailure);
        await using IAsyncDisposable subscription = node.Catalog.Subscribe(
            "web", static (_, _) => throw new InvalidOperationException("handler"));

        await kernel.AdvanceAsync(TimeSpan.FromMinutes(10));

        Assert.InRange(runs, 10, 60);
        Assert.Equal(
            (HealthStatus.Degraded, "Loop heartbeat has failed: IOException: no route"), Shown(await HealthAsync(node)));
        Assert.Equal(1, node.Get<Catalog.WatchMetrics>().HandlerFailureCount);
        await node.Catalog.RegisterAsync(new CatalogRegistration
        {
            Node = "other", Address = "10.0.0.2", Service = new ServiceRegistration { Name = "web" },
        });
        Assert.Equal(2, node.Catalog.Find("web").All.Count);

        fails = false;
        await kernel.AdvanceAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(HealthStatus.Healthy, (await HealthAsync(node)).Status);
        Assert.Equal(2, node.Get<Catalog.WatchMetrics>().HandlerFailureCount);
        await node.StopAsync();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        TaskScheduler.UnobservedTaskException -= OnUnobserved;
        Assert.Empty(unobserved);
    });

    [Fact]
    public void Fault_OfTheStateMachine_IsUnhealthyAndLeavesTheHostAlone() => Run(
        async (kernel, node) =>
        {
            await node.StartAsync();
            node.Get<LoopSupervisor>().MarkFaulted(new InvariantViolationException("planted"));

            Assert.Equal((HealthStatus.Unhealthy, "The node is faulted: planted"), Shown(await HealthAsync(node)));
            await node.StopAsync();
        });

    [Fact]
    public void Shared_TwoAppsOnOneNode_RegisterDrainAndLeaveEachItsOwn() => Run(async (kernel, node) =>
    {
        await node.StartAsync();
        await using var first = new TestNode(kernel, static b => b.AddService("api", static s => s.Port = 81), node.Node);
        await using var second = new TestNode(kernel, static b => b.AddService("api", static s => s.Port = 82), node.Node);
        await first.StartAsync();
        await second.StartAsync();
        Assert.Same(node.Catalog, first.Catalog);
        Assert.Same(node.Get<ILocalAgent>(), second.Get<ILocalAgent>());
        Assert.Equal(["api-81", "api-82"], node.Catalog.Find("api").Passing.Select(static i => i.Id));

        Task stopping = first.StopAsync();
        await kernel.AdvanceAsync(TimeSpan.FromMilliseconds(500));
        Assert.Equal(["api-82"], node.Catalog.Find("api").Available.Select(static i => i.Id));
        await stopping;

        Assert.Equal(["api-82"], node.Catalog.Find("api").All.Select(static i => i.Id));
        Assert.Equal(["web"], node.Catalog.Find("web").Passing.Select(static i => i.Id));
        Assert.Equal(NodePhase.Running, node.Node.Status.Phase);
        await node.StopAsync();
        await second.StopAsync();
        Assert.Empty(node.Catalog.Find("api").All);
    });

    [Fact]
    public void Shared_NodeThatDoesNotRun_FailsTheStart() => Run(async (kernel, node) =>
    {
        await using var app = new TestNode(kernel, static b => b.AddService("api"), node.Node);

        InvalidOperationException e = await Assert.ThrowsAsync<InvalidOperationException>(app.StartAsync);

        Assert.Equal("Node n1, which this app shares, does not run: start the app that it belongs to first.", e.Message);
    });

    [Fact]
    public void Shared_OfAnAppThatIsANode_IsRefused() => Run((kernel, node) =>
    {
        var services = new ServiceCollection();
        services.AddDiscovery();
        Assert.Throws<InvalidOperationException>(() => services.AddDiscovery(node.Node));
        return Task.CompletedTask;
    });

    [Fact]
    public void Register_CatalogDoesNotAnswer_HostGoesOnAndHealthIsDegradedUntilItDoes()
    {
        var kernel = new SimulationKernel();
        kernel.Run(async () =>
        {
            await using var owner = new TestNode(kernel, static _ => { });
            await owner.StartAsync();
            var agent = new SlowAgent(owner.Get<ILocalAgent>(), owner.Node);
            await using var app = new TestNode(kernel, static b => b.AddService("api", static s => s.Port = 7), agent);
            TimeSpan begun = kernel.Time.Elapsed;

            await app.StartAsync();

            Assert.Equal(TimeSpan.FromSeconds(5), kernel.Time.Elapsed - begun);
            Assert.Equal((HealthStatus.Degraded, "The catalog does not show service api-7 yet"), Shown(await HealthAsync(app)));
            agent.IsInSync = true;
            Assert.Equal(HealthStatus.Healthy, (await HealthAsync(app)).Status);
            await app.StopAsync();
            Assert.Equal(["drain api-7", "deregister api-7"], agent.Calls);
            await owner.StopAsync();
        });
    }

    [Fact]
    public void AddStateModule_UsersModule_IsPartOfTheState() => Run(
        async (kernel, node) =>
        {
            await node.StartAsync();
            Assert.Equal(["autopilot", "catalog", "coordinates", "ledger-like"], node.Get<StateMachine>().Schema.ModuleNames);
            await node.StopAsync();
        },
        static builder => builder.AddStateModule<LedgerLikeModule>());

    private static (HealthStatus Status, string? Text) Shown(HealthCheckResult result) => (result.Status, result.Description);

    private static async Task<HealthCheckResult> HealthAsync(TestNode node) =>
        await new DiscoveryHealthCheck(node.Node, node.Get<ServiceRegistrar>()).CheckHealthAsync(
            new HealthCheckContext { Registration = DiscoveryHealthSetup.Create(null, null) });

    private static Task<QueryReply<IReadOnlyList<ServiceInstance>>> Block(TestNode node) => node.Catalog.QueryAsync(
        new ServiceQuery("other"), new QueryOptions { AfterIndex = node.Catalog.Snapshot.Index + 1000 }).AsTask();

    private static async Task<int> WatchAsync(IServiceCatalog catalog)
    {
        int seen = 0;
        await foreach (ServiceChange _ in catalog.WatchAsync("other"))
        {
            seen++;
        }

        return seen;
    }

    private static void Run(Func<SimulationKernel, TestNode, Task> body, Action<IDiscoveryBuilder>? configure = null)
    {
        var kernel = new SimulationKernel();
        kernel.Run(async () =>
        {
            await using var node = new TestNode(kernel, configure ?? (static b => b.AddService("web", static s => s.Port = 80)));
            await body(kernel, node);
        });
    }

    private sealed class FixedAddresses(IReadOnlyList<AdvertisedAddress> addresses) : IAdvertisedAddressSource
    {
        public IReadOnlyList<AdvertisedAddress> GetAddresses() => addresses;
    }

    private sealed class FailingCheckSource : IDefaultCheckSource
    {
        public ValueTask<CheckDefinition?> CreateAsync(ServiceRegistration registration, CancellationToken cancellationToken = default) =>
            throw new InvalidOperationException("no check today");
    }

    private sealed class LedgerLikeModule : IStateModule
    {
        public string Name => "ledger-like";

        public void Configure(StateModuleBuilder builder)
        {
        }
    }
}
