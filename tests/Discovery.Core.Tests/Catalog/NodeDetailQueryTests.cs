namespace Discovery.Catalog;

public sealed class NodeDetailQueryTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly CatalogHarness _harness = new();

    private IServiceCatalog Catalog => _harness.Catalog;

    [Fact]
    public void QueryNodeAsync_ByNameIdAndPrefix_FindsTheOneNode() => _harness.Kernel.Run(async () =>
    {
        await Node("q1", "aaaaaaaa-0000-0000-0000-000000000001");
        await Node("q2", "aaaaaaab-0000-0000-0000-000000000001");
        await Node("aa", "cccccccc-0000-0000-0000-000000000001");
        Assert.Equal("aa", await Found("AA"));
        Assert.Equal("q1", await Found("aaaaaaaa-0000-0000-0000-000000000001"));
        Assert.Equal("q1", await Found("AAAAAAAA-0000"));
        Assert.Equal("q2", await Found("aaaaaaab"));
        Assert.Equal("q2", await Found("aaaaaaab0000"));
        Assert.Equal("aa", await Found("ccc"));
        Assert.Equal("-", await Found("aaa"));
        Assert.Equal("-", await Found("c"));
        Assert.Equal("-", await Found("aaaaaaac"));
        Assert.Equal("-", await Found("cccccccc-0000-0000-0000-0000000000011"));
        Assert.Equal("-", await Found("ccg"));
    });

    [Fact]
    public void QueryNodeAsync_OneNode_ShowsItsServicesAndChecksInOrder() => _harness.Kernel.Run(async () =>
    {
        await _harness.ExecuteAsync(Make.Register("n1", "web2", "web", 81, "v2"));
        await _harness.ExecuteAsync(Make.Register("n1", "web1", "web", 80, "v1"));
        await _harness.ExecuteAsync(Make.Register("n10", "other", "web"));
        await _harness.ExecuteAsync(Make.Register(Make.Check("n1", "z", CheckStatus.Passing, "web1")));
        await _harness.ExecuteAsync(Make.Register(Make.Check("n1", "a", CheckStatus.Passing)));
        NodeDetails all = (await Catalog.QueryNodeAsync(new NodeServicesQuery("N1"))).Body!;
        Assert.Equal("n1", all.Node.Name);
        Assert.Equal(["web1", "web2"], all.Services.Select(static one => one.Id));
        Assert.Equal(["a", "z"], all.Checks.Select(static one => one.CheckId));
        NodeDetails some = (await Catalog.QueryNodeAsync(new NodeServicesQuery("n1") { Filter = "v2 in Tags and Port == 81" })).Body!;
        Assert.Equal(["web2"], some.Services.Select(static one => one.Id));
        Assert.Equal(2, some.Checks.Count);
        Assert.Null((await Catalog.QueryNodeAsync(new NodeServicesQuery("n2"))).Body);
    });

    [Fact]
    public void QueryNodeAsync_NodeThatComesLater_IsAnsweredAtOnce() => _harness.Kernel.Run(async () =>
    {
        await Node("n1", "aaaaaaaa-0000-0000-0000-000000000001");
        Task<QueryReply<NodeDetails?>> byName = Blocked("later");
        Task<QueryReply<NodeDetails?>> byId = Blocked("bbbb");
        await Node("n2", "cccccccc-0000-0000-0000-000000000001");
        await _harness.Kernel.AdvanceAsync(Second);
        Assert.False(byName.IsCompleted || byId.IsCompleted);
        TimeSpan asked = _harness.Kernel.Time.Elapsed;
        await Node("later", "bbbbbbbb-0000-0000-0000-000000000001");
        Assert.Equal("later", (await byName).Body!.Node.Name);
        Assert.Equal("later", (await byId).Body!.Node.Name);
        Assert.Equal(asked, _harness.Kernel.Time.Elapsed);
        Assert.Equal(0, _harness.QueryMetrics.SpuriousCount);

        // A second node with such an id makes the beginning ambiguous: that is a change of the answer.
        Task<QueryReply<NodeDetails?>> again = Blocked("bbbb");
        await Node("second", "bbbbcccc-0000-0000-0000-000000000001");
        Assert.Null((await again).Body);

        Task<QueryReply<NodeDetails?>> Blocked(string node) => Catalog.QueryNodeAsync(
            new NodeServicesQuery(node), new QueryOptions { AfterIndex = _harness.State.Current.Index, Wait = Second * 3600 }).AsTask();
    });

    [Fact]
    public void QueryNodeAsync_ChangeThatTheFilterHides_KeepsWaiting() => _harness.Kernel.Run(async () =>
    {
        await _harness.ExecuteAsync(Make.Register("n1", "web1", "web", 80));
        Task<QueryReply<NodeDetails?>> blocked = Catalog.QueryNodeAsync(
            new NodeServicesQuery("n1") { Filter = "Service == web" },
            new QueryOptions { AfterIndex = _harness.State.Current.Index, Wait = Second * 3600 }).AsTask();
        await _harness.ExecuteAsync(Make.Register("n1", "api1", "api", 81));
        await _harness.Kernel.AdvanceAsync(Second);
        Assert.False(blocked.IsCompleted);
        ulong written = await _harness.ExecuteAsync(Make.Register("n1", "web1", "web", 82));
        Assert.Equal((written, 82), ((await blocked).Index, (await blocked).Body!.Services[0].Port));
        Assert.Equal(0, _harness.QueryMetrics.SpuriousCount);
    });

    [Fact]
    public void QueryChecksAsync_EachCondition_SelectsAndOrdersByNodeAndId() => _harness.Kernel.Run(async () =>
    {
        CatalogNode racked = Make.Node("n2") with { Meta = StringMap.From([new("rack", "b")]) };
        await _harness.ExecuteAsync(Make.Register("n1", "web1", "web", 80, "v1"));
        await _harness.ExecuteAsync(Make.Register("n1", "web2", "web", 80, "v2"));
        await _harness.ExecuteAsync(new RegisterCommand { Node = racked, Service = Make.Service("n2", "web3", "web", 80) });
        await _harness.ExecuteAsync(Make.Register("n2", "api1", "api") with { Node = racked });
        await Check("n1", "z1", CheckStatus.Passing, "web1");
        await Check("n1", "b2", CheckStatus.Warning, "web2");
        await Check("n1", "c1", CheckStatus.Critical, "web1");
        await Check("n1", "node", CheckStatus.Passing);
        await Check("n2", "a3", CheckStatus.Passing, "web3");
        await Check("n2", "x", CheckStatus.Critical, "api1");
        Assert.Equal("n1/b2 n1/c1 n1/node n1/z1 n2/a3 n2/x", await Checks(CheckQuery.All));
        Assert.Equal("n1/b2 n1/c1 n1/z1 n2/a3", await Checks(new CheckQuery { Service = "WEB" }));
        Assert.Equal("n2/a3", await Checks(new CheckQuery { Service = "web", Node = "N2" }));
        Assert.Equal("n2/a3 n2/x", await Checks(new CheckQuery { Node = "N2" }));
        Assert.Equal("", await Checks(new CheckQuery { Node = "n3" }));
        Assert.Equal("n1/c1 n2/x", await Checks(new CheckQuery { Status = CheckStatus.Critical }));
        Assert.Equal("n1/c1", await Checks(new CheckQuery { Status = CheckStatus.Critical, Service = "web" }));
        Assert.Equal("n2/a3 n2/x", await Checks(new CheckQuery { NodeMeta = [new("rack", "b")] }));
        Assert.Equal("n2/a3", await Checks(new CheckQuery { Service = "web", NodeMeta = [new("rack", "b")] }));
        Assert.Equal("n1/c1 n1/z1", await Checks(new CheckQuery { Filter = "v1 in ServiceTags" }));
        Assert.Equal("n1/c1 n2/x", await Checks(new CheckQuery { Filter = "Status == critical and ServiceID != \"\"" }));
        IReadOnlyList<CheckDetails> tagged = (await Catalog.QueryChecksAsync(new CheckQuery { Node = "n1" })).Body;
        Assert.Equal("v2|v1||v1", string.Join('|', tagged.Select(static one => string.Join(',', one.ServiceTags))));
        var byTags = new ServiceQuery("web") { Filter = "v1 in Checks.ServiceTags" };
        Assert.Equal(["web1"], (await Catalog.QueryAsync(byTags)).Body.Select(static one => one.Id));
    });

    [Fact]
    public void QueryChecksAsync_OtherTagsOfItsService_AreAChange() => _harness.Kernel.Run(async () =>
    {
        await _harness.ExecuteAsync(Make.Register("n1", "web1", "web", 80, "v1"));
        await Check("n1", "c1", CheckStatus.Critical, "web1");
        Task<QueryReply<IReadOnlyList<CheckDetails>>> blocked = Catalog.QueryChecksAsync(
            new CheckQuery { Status = CheckStatus.Critical },
            new QueryOptions { AfterIndex = _harness.State.Current.Index, Wait = Second * 3600 }).AsTask();
        await _harness.ExecuteAsync(Make.Register("n1", "web1", "web", 81, "v1"));
        await Check("n1", "c2", CheckStatus.Passing, "web1");
        await _harness.Kernel.AdvanceAsync(Second);
        Assert.False(blocked.IsCompleted);
        ulong written = await _harness.ExecuteAsync(Make.Register("n1", "web1", "web", 81, "v2"));
        Assert.Equal(written, (await blocked).Index);
        Assert.Equal(["v2"], (await blocked).Body.Single().ServiceTags);
        Assert.Equal(0, _harness.QueryMetrics.SpuriousCount);
    });

    [Fact]
    public void QueryChecksAsync_MetadataOfANode_IsAChange() => _harness.Kernel.Run(async () =>
    {
        await _harness.ExecuteAsync(new RegisterCommand { Node = Make.Node("n1") });
        await Check("n1", "c1", CheckStatus.Critical);
        Task<QueryReply<IReadOnlyList<CheckDetails>>> blocked = Catalog.QueryChecksAsync(
            new CheckQuery { Status = CheckStatus.Critical, NodeMeta = [new("rack", "b")] },
            new QueryOptions { AfterIndex = _harness.State.Current.Index, Wait = Second * 3600 }).AsTask();
        await _harness.ExecuteAsync(new RegisterCommand { Node = Make.Node("n1") with { Meta = StringMap.From([new("rack", "b")]) } });
        Assert.Single((await blocked).Body);
    });

    private async Task<string> Checks(CheckQuery query) => string.Join(
        ' ', (await Catalog.QueryChecksAsync(query)).Body.Select(static one => $"{one.Check.Node}/{one.Check.CheckId}"));

    private async Task<string> Found(string node) =>
        (await Catalog.QueryNodeAsync(new NodeServicesQuery(node))).Body?.Node.Name ?? "-";

    private Task<ulong> Check(string node, string id, CheckStatus status, string service = "") =>
        _harness.ExecuteAsync(Make.Register(Make.Check(node, id, status, service)));

    private Task<ulong> Node(string name, string id) =>
        _harness.ExecuteAsync(new RegisterCommand { Node = Make.Node(name, new Guid(id)) });
}
