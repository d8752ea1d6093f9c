using System.Net;

namespace Discovery.Catalog;

public sealed class AddressIndexTests
{
    private readonly EncodedCatalog _parts = new();
    private readonly AddressIndex _index;

    public AddressIndexTests()
    {
        _index = new AddressIndex(_parts.Reader, _parts.State);
        _parts.State.AddObserver(_index);
        _parts.Begin();
    }

    [Fact]
    public void Find_NodeAndServiceWithTheAddress_GivesTheNodeFirst()
    {
        Put("n2", "10.0.0.1", "web", "10.0.0.9");
        Put("n1", "10.0.0.2", "api", "10.0.0.9");
        Put("n3", "10.0.0.2", "api", "not an address");
        Assert.False(_index.IsKept);
        Assert.Equal("n2", Owner("10.0.0.1"));
        Assert.True(_index.IsKept);
        Assert.Equal("n2", Owner("::ffff:10.0.0.1"));
        Assert.Equal("n1", Owner("10.0.0.2"));
        Assert.Equal("n1/api", Owner("10.0.0.9"));
        Assert.Null(Owner("10.0.0.3"));
        Put("n4", "10.0.0.9", "db", "fe80::1");
        Assert.Equal("n4", Owner("10.0.0.9"));
        Assert.Equal("n4/db", Owner("fe80::1"));
        _parts.Apply(Make.Deregister("n4"));
        Assert.Equal("n1/api", Owner("10.0.0.9"));
        Put("n1", "10.0.0.2", "api", "10.0.0.8");
        Assert.Equal("n2/web", Owner("10.0.0.9"));
        Assert.Equal("n1/api", Owner("10.0.0.8"));
    }

    [Fact]
    public void OnApplied_WhileNobodyHasAsked_KeepsNothing()
    {
        for (int i = 0; i < 100; i++)
        {
            Put($"n{i}", $"10.0.0.{i}", "web", "");
        }

        Assert.False(_index.IsKept);
    }

    [Fact]
    public void Find_AfterRandomChanges_AgreesWithALookThroughTheCatalog()
    {
        var random = new Random(7);
        var batch = new List<object>();
        for (int step = 0; step < 3000; step++)
        {
            string node = $"n{random.Next(12)}";
            batch.Add(random.Next(6) switch
            {
                0 => Make.Deregister(node),
                1 => Make.Deregister(node, $"s{random.Next(4)}"),
                _ => Registration(node, Address(random), $"s{random.Next(4)}", random.Next(3) == 0 ? "" : Address(random)),
            });
            if (batch.Count == 1 + (step % 5))
            {
                _parts.Apply(batch);
                batch.Clear();
                for (int i = 0; i < 10; i++)
                {
                    Assert.Equal(Model($"10.0.0.{i}"), Owner($"10.0.0.{i}"));
                }
            }
        }
    }

    [Fact]
    public async Task Find_FirstQuestionsWhileOneWriterApplies_MissNothing()
    {
        for (int round = 0; round < 50; round++)
        {
            var parts = new EncodedCatalog();
            var index = new AddressIndex(parts.Reader, parts.State);
            parts.State.AddObserver(index);
            parts.Begin();
            for (int i = 0; i < 500; i++)
            {
                parts.Apply(Registration($"n{i}", $"10.1.{i / 250}.{i % 250}", "s", ""));
            }

            bool isDone = false;
            Task asker = Task.Factory.StartNew(
                () =>
                {
                    while (!Volatile.Read(ref isDone))
                    {
                        index.Find(IPAddress.Loopback);
                    }
                },
                TaskCreationOptions.LongRunning);
            for (int i = 0; i < 500; i++)
            {
                parts.Apply(Registration($"n{i}", $"10.2.{i / 250}.{i % 250}", "s", ""));
            }

            Volatile.Write(ref isDone, true);
            await asker;
            for (int i = 0; i < 500; i++)
            {
                Assert.Null(index.Find(IPAddress.Parse($"10.1.{i / 250}.{i % 250}")));
                Assert.Equal($"n{i}", index.Find(IPAddress.Parse($"10.2.{i / 250}.{i % 250}"))!.Node!.Name);
            }
        }
    }

    [Fact]
    public void Find_AfterTheStateWasReplaced_IsMadeAnew()
    {
        Put("n1", "10.0.0.1", "web", "");
        Assert.Equal("n1", Owner("10.0.0.1"));
        _index.OnReplaced(_parts.State.Current);
        Assert.False(_index.IsKept);
        Assert.Equal("n1", Owner("10.0.0.1"));
    }

    private static string Address(Random random) => $"10.0.0.{random.Next(10)}";

    private static RegisterCommand Registration(string node, string address, string id, string serviceAddress) => new()
    {
        Node = Make.Node(node) with { Address = address },
        Service = Make.Service(node, id, id) with { Address = serviceAddress },
    };

    private void Put(string node, string address, string id, string serviceAddress) =>
        _parts.Apply(Registration(node, address, id, serviceAddress));

    private string? Owner(string address) => _index.Find(IPAddress.Parse(address)) is { } owner
        ? owner.Service is { } service ? $"{owner.Node!.Name}/{service.Id}" : owner.Node!.Name
        : null;

    private string? Model(string address)
    {
        StateSnapshot snapshot = _parts.State.Current;
        CatalogTables tables = _parts.Reader.Tables;
        CatalogNode? node = snapshot.Scan(tables.Nodes).ToList().Find(row => row.Address == address);
        CatalogService? service = snapshot.Scan(tables.Services).ToList().Find(row => row.Address == address);
        return node?.Name ?? (service is null ? null : $"{service.Node}/{service.Id}");
    }
}
