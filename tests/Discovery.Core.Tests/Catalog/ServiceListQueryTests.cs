namespace Discovery.Catalog;

public sealed class ServiceListQueryTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly CatalogHarness _harness = new();

    private IServiceCatalog Catalog => _harness.Catalog;

    [Fact]
    public void QueryServicesAsync_UntilTheListChanges_GivesTheSameObject() => _harness.Kernel.Run(async () =>
    {
        await _harness.ExecuteAsync(Make.Register("n1", "web1", "web", 80, "v1"));
        IReadOnlyList<ServiceSummary> first = (await Catalog.QueryServicesAsync(ServicesQuery.All)).Body;
        await _harness.ExecuteAsync(Make.Register("n1", "web1", "web", 81, "v1"));
        await _harness.ExecuteAsync(Make.Register(Make.Check("n1", "c", CheckStatus.Critical)));
        await _harness.ExecuteAsync(new RegisterCommand { Node = Make.Node("n2") });
        QueryReply<IReadOnlyList<ServiceSummary>> second = await Catalog.QueryServicesAsync(ServicesQuery.All);
        Assert.Same(first, second.Body);
        ulong written = await _harness.ExecuteAsync(Make.Register("n1", "web1", "web", 81, "v2"));
        QueryReply<IReadOnlyList<ServiceSummary>> third = await Catalog.QueryServicesAsync(ServicesQuery.All);
        Assert.Equal((written, "v2"), (third.Index, third.Body.Single().Tags.Single()));
        await _harness.ExecuteAsync(Make.Deregister("n1", "web1"));
        Assert.Empty((await Catalog.QueryServicesAsync(ServicesQuery.All)).Body);
    });

    [Fact]
    public void QueryServicesAsync_MetadataAndFilter_SelectTogether() => _harness.Kernel.Run(async () =>
    {
        CatalogNode racked = Make.Node("n2") with { Meta = StringMap.From([new("rack", "b")]) };
        await _harness.ExecuteAsync(Make.Register("n1", "web1", "web", 80, "v1"));
        await _harness.ExecuteAsync(new RegisterCommand { Node = racked, Service = Make.Service("n2", "web2", "web", 80, "v2") });
        await _harness.ExecuteAsync(Make.Register("n1", "api1", "api", 80, "v1"));
        Assert.Equal("api:1[v1] web:2[v1,v2]", await List(ServicesQuery.All));
        Assert.Equal("web:1[v2]", await List(new ServicesQuery { NodeMeta = [new("rack", "b")] }));
        Assert.Equal("web:2[v1,v2]", await List(new ServicesQuery { Filter = "v2 in ServiceTags" }));
        Assert.Equal("api:1[v1]", await List(new ServicesQuery { Filter = "ServiceName == api" }));
        Assert.Equal("", await List(new ServicesQuery { NodeMeta = [new("rack", "b")], Filter = "ServiceName == api" }));
        await Assert.ThrowsAsync<DiscoveryException>(() => List(new ServicesQuery { Filter = "Port == 1" }));
    });

    [Fact]
    public void QueryServicesAsync_MetadataOfANode_IsAChange() => _harness.Kernel.Run(async () =>
    {
        await _harness.ExecuteAsync(Make.Register("n1", "web1", "web"));
        Task<QueryReply<IReadOnlyList<ServiceSummary>>> blocked = Blocked(new ServicesQuery { NodeMeta = [new("rack", "b")] });
        await _harness.ExecuteAsync(new RegisterCommand { Node = Make.Node("n1") with { Meta = StringMap.From([new("rack", "b")]) } });
        Assert.Equal("web", (await blocked).Body.Single().Name);
    });

    [Fact]
    public void QueryServicesAsync_OneMoreInstance_ReleasesThoseOnlyWhoCount() => _harness.Kernel.Run(async () =>
    {
        await _harness.ExecuteAsync(Make.Register("n1", "web1", "web", 80, "v1"));
        Task<QueryReply<IReadOnlyList<ServiceSummary>>> names = Blocked(new ServicesQuery { IgnoreCounts = true });
        Task<QueryReply<IReadOnlyList<ServiceSummary>>> counts = Blocked(ServicesQuery.All);
        ulong second = await _harness.ExecuteAsync(Make.Register("n2", "web2", "web", 80, "v1"));
        Assert.Equal((second, 2), ((await counts).Index, (await counts).Body.Single().InstanceCount));
        await _harness.Kernel.AdvanceAsync(Second);
        Assert.False(names.IsCompleted);
        ulong third = await _harness.ExecuteAsync(Make.Register("n2", "web2", "web", 80, "v2"));
        Assert.Equal(third, (await names).Index);
        Assert.Equal(0, _harness.QueryMetrics.SpuriousCount);
    });

    private Task<QueryReply<IReadOnlyList<ServiceSummary>>> Blocked(ServicesQuery query) => Catalog.QueryServicesAsync(
        query, new QueryOptions { AfterIndex = _harness.State.Current.Index, Wait = Second * 3600 }).AsTask();

    private async Task<string> List(ServicesQuery query)
    {
        IReadOnlyList<ServiceSummary> body = (await Catalog.QueryServicesAsync(query)).Body;
        return string.Join(' ', body.Select(static one => $"{one.Name}:{one.InstanceCount}[{string.Join(',', one.Tags)}]"));
    }
}
