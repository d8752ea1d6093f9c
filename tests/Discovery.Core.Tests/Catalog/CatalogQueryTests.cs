namespace Discovery.Catalog;

public sealed class CatalogQueryTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly CatalogHarness _harness = new();

    /// <summary>Every query with writes that are none of its business, and one that is.</summary>
    public static TheoryData<string> QueryNames => 
    [
        "service", "absent service", "passing", "filtered", "nodes", "services", "service names", "node", "absent node",
        "checks with a status", "checks of a service", "checks of a node",
    ];

    [Theory]
    [MemberData(nameof(QueryNames))]
    public void P16_TenThousandUnrelatedWrites_WakeAndReleaseNothing(string name) => _harness.Kernel.Run(async () =>
    {
        await _harness.ExecuteAsync(Make.Register("n1", "web1", "web"));
        await _harness.ExecuteAsync(Make.Register("n2", "api1", "api"));
        await _harness.ExecuteAsync(Make.Register(Make.Check("n2", "c", CheckStatus.Critical, "api1")));
        (Func<QueryOptions, Task<ulong>> query, Func<int, RegisterCommand> unrelated, RegisterCommand related) = CaseOf(name);
        ulong index = await query(QueryOptions.Default);
        Task<ulong> blocked = query(new QueryOptions { AfterIndex = index, Wait = TimeSpan.FromHours(1) });
        await _harness.Kernel.AdvanceAsync(Second);
        long wakes = _harness.State.Watches.Wakes;
        for (int i = 0; i < 10_000; i++)
        {
            await _harness.ExecuteAsync(unrelated(i));
        }

        await _harness.Kernel.AdvanceAsync(Second);
        Assert.Equal(0, _harness.State.Watches.Wakes - wakes);
        Assert.Equal((1, 0), (_harness.QueryMetrics.BlockedCount, _harness.QueryMetrics.SpuriousCount));
        Assert.False(blocked.IsCompleted);
        TimeSpan asked = _harness.Kernel.Time.Elapsed;
        ulong written = await _harness.ExecuteAsync(related);
        Assert.Equal(written, await blocked);
        Assert.Equal(asked, _harness.Kernel.Time.Elapsed);
        Assert.Equal((0, 0), (_harness.QueryMetrics.BlockedCount, _harness.QueryMetrics.SpuriousCount));
        Assert.Equal(0, _harness.State.Watches.Count);
    });

    [Fact]
    public void P17_AbsentServiceWithOtherTraffic_WaitsAMinuteAndAnswersTheCreationAtOnce() => _harness.Kernel.Run(async () =>
    {
        QueryReply<IReadOnlyList<ServiceInstance>> first = await _harness.Catalog.QueryAsync(new ServiceQuery("ghost"));
        Assert.Equal((1UL, 0), (first.Index, first.Body.Count));
        Task<QueryReply<IReadOnlyList<ServiceInstance>>> blocked = Query(new ServiceQuery("ghost"), first.Index);
        for (int second = 0; second < 60; second++)
        {
            await _harness.ExecuteAsync(Make.Register("n1", "web1", "web", port: second + 1));
            await _harness.Kernel.AdvanceAsync(Second);
        }

        Assert.False(blocked.IsCompleted);
        TimeSpan asked = _harness.Kernel.Time.Elapsed;
        await _harness.ExecuteAsync(Make.Register("n1", "g1", "Ghost"));
        Assert.Equal(["g1"], (await blocked).Body.Select(static one => one.Id));
        Assert.Equal(asked, _harness.Kernel.Time.Elapsed);
    });

    [Fact]
    public void QueryAsync_ChangeThatTheFilterHides_KeepsWaiting() => _harness.Kernel.Run(async () =>
    {
        await _harness.ExecuteAsync(Make.Register("n1", "web1", "web", 80, "v1"));
        ServiceQuery query = new ServiceQuery("web") { Tags = ["v1"], Health = HealthFilter.Available };
        QueryReply<IReadOnlyList<ServiceInstance>> first = await _harness.Catalog.QueryAsync(query);
        Task<QueryReply<IReadOnlyList<ServiceInstance>>> blocked = Query(query, first.Index);
        for (int i = 0; i < 100; i++)
        {
            await _harness.ExecuteAsync(Make.Register("n2", "web2", "web", port: i + 1));
            await _harness.Kernel.AdvanceAsync(Second);
        }

        Assert.False(blocked.IsCompleted);
        Assert.Equal(0, _harness.QueryMetrics.SpuriousCount);
        await _harness.ExecuteAsync(Make.Register(Make.Check("n1", "c", CheckStatus.Critical, "web1")));
        Assert.Empty((await blocked).Body);
    });

    [Fact]
    public void QueryAsync_WaitRunsOut_ReturnsTheCurrentIndexAndBody() => _harness.Kernel.Run(async () =>
    {
        await _harness.ExecuteAsync(Make.Register("n1", "web1", "web", 80, "v1"));
        ServiceQuery query = new("web") { Tags = ["v1"] };
        ulong index = (await _harness.Catalog.QueryAsync(query)).Index;
        Task<QueryReply<IReadOnlyList<ServiceInstance>>> blocked = Query(query, index, wait: Second * 30);
        TimeSpan asked = _harness.Kernel.Time.Elapsed;
        ulong hidden = await _harness.ExecuteAsync(Make.Register("n1", "web2", "web"));
        QueryReply<IReadOnlyList<ServiceInstance>> reply = await blocked;
        Assert.Equal(Second * 30, _harness.Kernel.Time.Elapsed - asked);
        Assert.Equal((hidden, 1), (reply.Index, reply.Body.Count));
        Assert.Equal(0, _harness.QueryMetrics.SpuriousCount);
    });

    [Fact]
    public void QueryAsync_NodeStops_EndsAllWaits() => _harness.Kernel.Run(async () =>
    {
        Task<QueryReply<IReadOnlyList<ServiceInstance>>>[] blocked =
            [.. Enumerable.Range(0, 50).Select(i => Query(new ServiceQuery($"svc-{i}"), 1, TimeSpan.MaxValue))];
        await _harness.Kernel.AdvanceAsync(Second);
        Assert.Equal(50, _harness.QueryMetrics.BlockedCount);
        _harness.Lifetime.Stop();
        Assert.All(await Task.WhenAll(blocked), static reply => Assert.Equal(1UL, reply.Index));
        Assert.Equal((0, 0), (_harness.QueryMetrics.BlockedCount, _harness.State.Watches.Count));
    });

    [Fact]
    public void QueryAsync_CallerGivesUp_ThrowsAndLeavesNothing() => _harness.Kernel.Run(async () =>
    {
        using var given = new CancellationTokenSource();
        Task blocked = _harness.Catalog.QueryAsync(
            new ServiceQuery("web"), new QueryOptions { AfterIndex = 1 }, given.Token).AsTask();
        await _harness.Kernel.AdvanceAsync(Second);
        await given.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => blocked);
        Assert.Equal((0, 0), (_harness.QueryMetrics.BlockedCount, _harness.State.Watches.Count));
    });

    [Fact]
    public void QueryAsync_TagsMetaHealthAndFilter_SelectTogether() => _harness.Kernel.Run(async () =>
    {
        CatalogNode racked = Make.Node("n2") with { Meta = StringMap.From([new("rack", "b")]) };
        await _harness.ExecuteAsync(Make.Register("n1", "a", "web", 80, "v1", "blue"));
        await _harness.ExecuteAsync(new RegisterCommand { Node = racked, Service = Make.Service("n2", "b", "web", 81, "V1") });
        await _harness.ExecuteAsync(new RegisterCommand { Node = racked, Service = Make.Service("n2", "c", "web", 82, "v2") });
        await _harness.ExecuteAsync(Make.Register(Make.Check("n2", "c1", CheckStatus.Warning, "c")));
        var web = new ServiceQuery("WEB");
        Assert.Equal("abc", await Ids(web));
        Assert.Equal("ab", await Ids(web with { Tags = ["v1"] }));
        Assert.Equal("a", await Ids(web with { Tags = ["v1", "BLUE"] }));
        Assert.Equal("bc", await Ids(web with { NodeMeta = [new("rack", "b")] }));
        Assert.Equal("", await Ids(web with { NodeMeta = [new("rack", "b"), new("zone", "1")] }));
        Assert.Equal("ab", await Ids(web with { Health = HealthFilter.Passing }));
        Assert.Equal("abc", await Ids(web with { Health = HealthFilter.Available }));
        Assert.Equal("bc", await Ids(web with { Filter = "Service.Port != 80 and Node.Meta.rack == b" }));
        Assert.Equal("c", await Ids(web with { Filter = "Checks.Status == warning" }));
        Assert.Equal("b", await Ids(web with { Tags = ["v1"], NodeMeta = [new("rack", "b")], Filter = "Service.Port == 81" }));
        IReadOnlyList<CatalogNode> nodes = (await _harness.Catalog.QueryNodesAsync(new NodeQuery { NodeMeta = [new("rack", "b")] })).Body;
        Assert.Equal(["n2"], nodes.Select(static node => node.Name));
        nodes = (await _harness.Catalog.QueryNodesAsync(new NodeQuery { Filter = "Node == n1" })).Body;
        Assert.Equal(["n1"], nodes.Select(static node => node.Name));
        ServiceSummary summary = Assert.Single((await _harness.Catalog.QueryServicesAsync(ServicesQuery.All)).Body);
        Assert.Equal(("web", 3), (summary.Name, summary.InstanceCount));
        Assert.Equal(["V1", "blue", "v1", "v2"], summary.Tags);
    });

    [Theory]
    [InlineData("Service.Port >", null)]
    [InlineData("Service.Nothing == 1", null)]
    [InlineData(null, "dc2")]
    public void QueryAsync_BadFilterOrDatacenter_IsOneClearError(string? filter, string? datacenter) => _harness.Kernel.Run(async () =>
    {
        var options = new QueryOptions { Context = new CallContext { Datacenter = datacenter } };
        DiscoveryException e = await Assert.ThrowsAsync<DiscoveryException>(
            async () => await _harness.Catalog.QueryAsync(new ServiceQuery("web") { Filter = filter }, options));
        if (datacenter is null)
        {
            Assert.Equal(DiscoveryError.InvalidRequest, e.Error);
            Assert.NotEmpty(e.Message);
        }
        else
        {
            Assert.Equal((DiscoveryError.NoPathToDatacenter, "No path to datacenter"), (e.Error, e.Message));
        }
    });

    [Fact]
    public void QueryAsync_OwnDatacenterInAnyCase_IsServed() => _harness.Kernel.Run(async () =>
    {
        var options = new QueryOptions { Context = new CallContext { Datacenter = "DC1" } };
        Assert.Empty((await _harness.Catalog.QueryAsync(new ServiceQuery("web"), options)).Body);
    });

    [Fact]
    public void QueryAsync_NameWithAZero_IsRefused() => _harness.Kernel.Run(async () =>
    {
        await _harness.ExecuteAsync(Make.Register("n1", "web1", "web"));
        await Assert.ThrowsAsync<DiscoveryException>(async () => await _harness.Catalog.QueryAsync(new ServiceQuery("web\0n1")));
        await Assert.ThrowsAsync<DiscoveryException>(async () => await _harness.Catalog.QueryAsync(new ServiceQuery("")));
        await Assert.ThrowsAsync<DiscoveryException>(async () => await _harness.Catalog.ExplainAsync(new ServiceQuery("web\0n1")));
    });

    [Fact]
    public void QueryAsync_ViewOfTheSnapshot_IsSharedWithTheView() => _harness.Kernel.Run(async () =>
    {
        await _harness.ExecuteAsync(Make.Register("n1", "web1", "web"));
        Assert.Same(_harness.Catalog.Find("web").All, (await _harness.Catalog.QueryAsync(new ServiceQuery("web"))).Body);
        await _harness.ExecuteAsync(Make.Register("n1", "api1", "api"));
        Assert.Same(_harness.Catalog.Find("web").All, (await _harness.Catalog.QueryAsync(new ServiceQuery("web"))).Body);
    });

    [Fact]
    public void QueryViewAsync_WithoutSelection_GivesTheViewAndItsOwnLists() => _harness.Kernel.Run(async () =>
    {
        await _harness.ExecuteAsync(Make.Register("n1", "web1", "web", 80, "v1"));
        await _harness.ExecuteAsync(Make.Register("n1", "web2", "web"));
        await _harness.ExecuteAsync(Make.Register("n1", "web3", "web"));
        await _harness.ExecuteAsync(Make.Register(Make.Check("n1", "a", CheckStatus.Warning, "web2")));
        await _harness.ExecuteAsync(Make.Register(Make.Check("n1", "b", CheckStatus.Critical, "web3")));
        var web = new ServiceQuery("web");
        ServiceView view = _harness.Catalog.Find("web");
        ServiceSelection all = (await _harness.Catalog.QueryViewAsync(web)).Body;
        Assert.Same(view, all.View);
        Assert.Same(view.All, all.Instances);
        Assert.Same(view.Passing, (await _harness.Catalog.QueryViewAsync(web with { Health = HealthFilter.Passing })).Body.Instances);
        Assert.Same(view.Available, (await _harness.Catalog.QueryViewAsync(web with { Health = HealthFilter.Available })).Body.Instances);
        Assert.Equal((1, 2), (view.Passing.Count, view.Available.Count));
        ServiceSelection tagged = (await _harness.Catalog.QueryViewAsync(web with { Tags = ["V1"] })).Body;
        Assert.Same(view, tagged.View);
        Assert.Same(view.All[0], tagged.Instances.Single());
        ServiceSelection none = (await _harness.Catalog.QueryViewAsync(new ServiceQuery("ghost"))).Body;
        Assert.Same(ServiceView.Empty, none.View);
        Assert.Empty(none.Instances);
    });

    [Theory]
    [InlineData("Node == n1 and ServiceID == web1 and ServiceName == web and ServicePort == 80 and v1 in ServiceTags", true)]
    [InlineData("ServiceMeta.k == v and ServiceWeights.Passing == 1 and ServiceEnableTagOverride == false", true)]
    [InlineData("ServiceKind == \"\" and ServiceProxy.Upstreams is empty and ServiceConnect.Native != true", true)]
    [InlineData("NodeMeta.rack == b or Datacenter == dc2 or Address == x or TaggedAddresses.lan == y", false)]
    [InlineData("ServiceAddress == x or ServiceTaggedAddresses.lan.Port == 1 or ID == z", false)]
    public void QueryAsync_SelectorsOfTheCatalogEndpoint_AreFlat(string filter, bool isFound) => _harness.Kernel.Run(async () =>
    {
        CatalogService row = Make.Service("n1", "web1", "web", 80, "v1") with { Meta = StringMap.From([new("k", "v")]) };
        await _harness.ExecuteAsync(new RegisterCommand { Node = Make.Node("n1"), Service = row });
        var query = new ServiceQuery("web") { Filter = filter, Selectors = InstanceSelectors.Catalog };
        Assert.Equal(isFound ? 1 : 0, (await _harness.Catalog.QueryAsync(query)).Body.Count);
        await Assert.ThrowsAsync<DiscoveryException>(
            async () => await _harness.Catalog.QueryAsync(query with { Selectors = InstanceSelectors.Health }));
    });

    [Fact]
    public void QueryAsync_TopicsThatMoveWithTheState_AreAllWatched() => _harness.Kernel.Run(async () =>
    {
        // A read that looks at "a" while it is there, else at "b".
        CatalogReader reader = _harness.Parts.Reader;
        int Read(StateSnapshot snapshot, StateTopicSet topics)
        {
            topics.Add(reader.ServiceTopic("a"));
            ServiceInstance[] a = reader.ReadInstances(snapshot, CatalogKeys.Folded("a"));
            if (a.Length > 0)
            {
                return -1;
            }

            topics.Add(reader.ServiceTopic("b"));
            return reader.ReadInstances(snapshot, CatalogKeys.Folded("b")).Length / 2;
        }

        await _harness.ExecuteAsync(Make.Register("n1", "a1", "a"));
        var queries = new StateQueries(_harness.Log, _harness.Runtime, _harness.QueryMetrics, _harness.Lifetime);
        var same = EqualityComparer<int>.Create(static (x, y) => x == y || (x <= 0 && y <= 0), static _ => 0);
        Task<QueryReply<int>> blocked =
            queries.QueryAsync(Read, same, new QueryOptions { AfterIndex = _harness.State.Current.Index }).AsTask();
        await _harness.ExecuteAsync(Make.Deregister("n1", "a1"));
        await _harness.Kernel.AdvanceAsync(Second);
        Assert.False(blocked.IsCompleted);
        await _harness.ExecuteAsync(Make.Register("n1", "b1", "b"));
        await _harness.ExecuteAsync(Make.Register("n1", "b2", "b"));
        TimeSpan asked = _harness.Kernel.Time.Elapsed;
        Assert.Equal(1, (await blocked).Body);
        Assert.Equal(asked, _harness.Kernel.Time.Elapsed);
    });

    private (Func<QueryOptions, Task<ulong>> Query, Func<int, RegisterCommand> Unrelated, RegisterCommand Related) CaseOf(string name)
    {
        CheckStatus Flip(int i) => (i & 1) == 0 ? CheckStatus.Passing : CheckStatus.Critical;
        RegisterCommand OtherService(int i) => (i % 3) switch
        {
            0 => Make.Register("n2", "api1", "api", port: 1 + (i % 60_000)),
            1 => Make.Register(Make.Check("n2", "c", Flip(i), "api1")),
            _ => Make.Register(Make.Check("n2", "node", Flip(i))),
        };
        RegisterCommand web = Make.Register("n1", "web1", "web", port: 81);
        IServiceCatalog catalog = _harness.Catalog;
        ServiceQuery service = new("web");
        return name switch
        {
            "service" => (Of(service), OtherService, web),
            "absent service" => (Of(new ServiceQuery("ghost")), OtherService, Make.Register("n2", "g1", "ghost")),
            "passing" => (
                Of(service with { Health = HealthFilter.Passing }),
                OtherService,
                Make.Register(Make.Check("n1", "x", CheckStatus.Critical))),
            "filtered" => (Of(service with { Filter = "Service.Port == 80" }), OtherService, web),
            "nodes" => (
                async options => (await catalog.QueryNodesAsync(NodeQuery.All, options)).Index,
                OtherService,
                new RegisterCommand { Node = Make.Node("n3") }),
            "services" => (
                async options => (await catalog.QueryServicesAsync(ServicesQuery.All, options)).Index,
                OtherService,
                Make.Register("n1", "new1", "new")),
            "service names" => (
                async options => (await catalog.QueryServicesAsync(new ServicesQuery { IgnoreCounts = true }, options)).Index,
                OtherService,
                Make.Register("n1", "web1", "web", 80, "new-tag")),
            "node" => (
                async options => (await catalog.QueryNodeAsync(new NodeServicesQuery("n1"), options)).Index, OtherService, web),
            "absent node" => (
                async options => (await catalog.QueryNodeAsync(new NodeServicesQuery("ghost"), options)).Index,
                OtherService,
                Make.Register("ghost", "g1", "ghost")),
            "checks with a status" => (
                OfChecks(new CheckQuery { Status = CheckStatus.Warning }),
                OtherService,
                Make.Register(Make.Check("n1", "x", CheckStatus.Warning))),
            "checks of a service" => (
                OfChecks(new CheckQuery { Service = "web" }),
                OtherService,
                Make.Register(Make.Check("n1", "x", CheckStatus.Warning, "web1"))),
            "checks of a node" => (
                OfChecks(new CheckQuery { Node = "n1" }), OtherService, Make.Register(Make.Check("n1", "x", CheckStatus.Warning))),
            _ => throw new ArgumentException(name),
        };

        Func<QueryOptions, Task<ulong>> OfChecks(CheckQuery query) =>
            async options => (await catalog.QueryChecksAsync(query, options)).Index;

        Func<QueryOptions, Task<ulong>> Of(ServiceQuery query) => async options => (await catalog.QueryAsync(query, options)).Index;
    }

    private Task<QueryReply<IReadOnlyList<ServiceInstance>>> Query(ServiceQuery query, ulong after, TimeSpan? wait = null) =>
        _harness.Catalog.QueryAsync(query, new QueryOptions { AfterIndex = after, Wait = wait ?? TimeSpan.FromHours(1) }).AsTask();

    private async Task<string> Ids(ServiceQuery query) =>
        string.Concat((await _harness.Catalog.QueryAsync(query)).Body.Select(static one => one.Id));
}
