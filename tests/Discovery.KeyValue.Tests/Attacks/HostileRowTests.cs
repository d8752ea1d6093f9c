using Discovery.Testing;

namespace Discovery.KeyValue;

/// <summary>Rows of the catalog that no sane client puts into a transaction: refused before the log, or kept as they are.</summary>
public sealed class HostileRowTests
{
    private const string Lone = "a\uD800b";
    private static readonly string s_long = new('x', 200_000);

    private static readonly CatalogNode s_node = new() { Name = "n9", Address = "10.0.0.9", Datacenter = "dc1" };
    private static readonly CatalogService s_service = new() { Node = "n1", Id = "s", Name = "s" };
    private static readonly CatalogCheck s_check = new() { Node = "n1", CheckId = "c", Name = "c", Status = CheckStatus.Passing };

    private static readonly (string Name, TransactionOperation Step)[] s_steps =
    [
        ("node without name", Put(s_node with { Name = null! })),
        ("node with empty name", Put(s_node with { Name = "" })),
        ("node with U+0000", Put(s_node with { Name = "a\0b" })),
        ("node with half a character", Put(s_node with { Name = Lone })),
        ("node without address", Put(s_node with { Address = null! })),
        ("node with half an address", Put(s_node with { Address = Lone })),
        ("node without datacenter", Put(s_node with { Datacenter = null! })),
        ("node with half a datacenter", Put(s_node with { Datacenter = Lone })),
        ("node without meta", Put(s_node with { Meta = null! })),
        ("node with null in meta", Put(s_node with { Meta = new Dictionary<string, string> { ["a"] = null! } })),
        ("node with half a meta key", Put(s_node with { Meta = new Dictionary<string, string> { [Lone] = "" } })),
        ("node with half a meta value", Put(s_node with { Meta = new Dictionary<string, string> { ["a"] = Lone } })),
        ("node without tagged addresses", Put(s_node with { TaggedAddresses = null! })),
        ("node with null tagged address", Put(s_node with { TaggedAddresses = new Dictionary<string, string> { ["a"] = null! } })),
        ("node with half an owner", Put(s_node with { Owner = Lone })),
        ("node with long name", Put(s_node with { Name = s_long })),
        ("node that is null", new NodeOperation(CatalogVerb.Set, null!)),
        ("node read by null", new NodeOperation(CatalogVerb.Get, s_node with { Name = null! })),
        ("service without tags", Put(s_service with { Tags = null! })),
        ("service with null tag", Put(s_service with { Tags = [null!] })),
        ("service with half a tag", Put(s_service with { Tags = [Lone] })),
        ("service without name", Put(s_service with { Name = null! })),
        ("service with U+0000 in its node", Put(s_service with { Node = "n1\0" })),
        ("service with half an id", Put(s_service with { Id = Lone })),
        ("service with half a name", Put(s_service with { Name = Lone })),
        ("service without address", Put(s_service with { Address = null! })),
        ("service with port below", Put(s_service with { Port = -1 })),
        ("service with port above", Put(s_service with { Port = int.MaxValue })),
        ("service with weights below", Put(s_service with { Weights = new ServiceWeights(-1, int.MinValue) })),
        ("service without meta", Put(s_service with { Meta = null! })),
        ("service without tagged addresses", Put(s_service with { TaggedAddresses = null! })),
        ("service with null tagged address", Put(s_service with { TaggedAddresses = [default] })),
        ("service with half an owner", Put(s_service with { Owner = Lone })),
        ("service of a node that is not there", Put(s_service with { Node = "none" })),
        ("service that is null", new ServiceOperation(CatalogVerb.Cas, null!)),
        ("check with unknown status", Put(s_check with { Status = (CheckStatus)99 })),
        ("check without id", Put(s_check with { CheckId = "" })),
        ("check without name", Put(s_check with { Name = null! })),
        ("check with half a name", Put(s_check with { Name = Lone })),
        ("check without notes", Put(s_check with { Notes = null! })),
        ("check without output", Put(s_check with { Output = null! })),
        ("check with half an output", Put(s_check with { Output = Lone })),
        ("check with long output", Put(s_check with { Output = s_long })),
        ("check without type", Put(s_check with { Type = null! })),
        ("check without service", Put(s_check with { ServiceId = null! })),
        ("check of a service that is not there", Put(s_check with { ServiceId = "none" })),
        ("check without service name", Put(s_check with { ServiceName = null! })),
        ("check with half a header", Put(s_check with { Definition = Definition(Lone, ["x"]) })),
        ("check with null header", Put(s_check with { Definition = Definition("a", null!) })),
        ("check with null in a header", Put(s_check with { Definition = Definition("a", [null!]) })),
        ("check without body", Put(s_check with { Definition = new CatalogCheckDefinition { Body = null! } })),
        ("check with endless interval", Put(s_check with { Definition = new CatalogCheckDefinition { Interval = TimeSpan.MinValue } })),
        ("check that is null", new CheckOperation(CatalogVerb.Set, null!)),
        ("step that is null", null!),
    ];

    public static TheoryData<string> Names => [.. s_steps.Select(static one => one.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Transact_HostileRow_IsRefusedOrKept_AndTheServerLives(string name) => Run(async node =>
    {
        TransactionOperation step = s_steps.Single(one => one.Name == name).Step;
        ulong before = node.State.Current.ComputeHash();
        try
        {
            TransactionResult result = await node.Store.TransactAsync(
                [new KeyValueOperation(KeyValueVerb.Set, "beside") { Value = "1"u8.ToArray() }, step]);
            Assert.Equal(result.IsApplied, node.Store.Get("beside") is not null);
        }
        catch (DiscoveryException e)
        {
            Assert.Equal((DiscoveryError.InvalidRequest, WriteOutcome.NotApplied), (e.Error, e.WriteOutcome));
            Assert.Equal(before, node.State.Current.ComputeHash());
        }

        // It lives, and what it has can be written down and read again.
        Assert.Null(node.State.Fault);
        Assert.True((await node.Store.PutAsync("after", "1"u8.ToArray())).IsApplied);
        byte[] snapshot = node.Snapshot();
        await node.RestoreAsync(snapshot);
        Assert.Null(node.State.Fault);
        Assert.NotNull(node.Store.Get("after"));
    });

    private static CatalogCheckDefinition Definition(string key, IReadOnlyList<string> values) => new() { Header = [new(key, values)] };

    private static NodeOperation Put(CatalogNode node) => new(CatalogVerb.Set, node);

    private static ServiceOperation Put(CatalogService service) => new(CatalogVerb.Set, service);

    private static CheckOperation Put(CatalogCheck check) => new(CatalogVerb.Set, check);

    private static void Run(Func<KeyValueNode, Task> test)
    {
        var kernel = new SimulationKernel();
        kernel.Run(async () =>
        {
            await using var node = new KeyValueNode(kernel);
            await node.AddNodeAsync("n1");
            await test(node);
        });
    }
}
