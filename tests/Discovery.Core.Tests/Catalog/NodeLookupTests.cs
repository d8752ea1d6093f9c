namespace Discovery.Catalog;

public sealed class NodeLookupTests
{
    private readonly CatalogHarness _harness = new();

    [Fact]
    public void FindNode_ByNameAndId_FindsTheNewestRow() => _harness.Kernel.Run(async () =>
    {
        var id = new Guid("00112233-4455-6677-8899-aabbccddeeff");
        await _harness.ExecuteAsync(new RegisterCommand { Node = Make.Node("Ärger-1", id) });
        for (int i = 0; i < 300; i++)
        {
            await _harness.ExecuteAsync(new RegisterCommand { Node = Make.Node($"n{i}", new Guid(i + 1, 0, 0, new byte[8])) });
        }

        IServiceCatalog catalog = _harness.Catalog;
        Assert.Equal("Ärger-1", catalog.FindNode("äRGER-1")!.Name);
        Assert.Equal("Ärger-1", catalog.FindNode(id)!.Name);
        Assert.Equal("n299", catalog.FindNode(new Guid(300, 0, 0, new byte[8]))!.Name);
        Assert.Equal("n7", catalog.FindNode("N7")!.Name);
        Assert.Null(catalog.FindNode("n"));
        Assert.Null(catalog.FindNode(""));
        Assert.Null(catalog.FindNode("n7\0"));
        Assert.Null(catalog.FindNode(Guid.Empty));
        Assert.Null(catalog.FindNode(new Guid(301, 0, 0, new byte[8])));
        Assert.Null(catalog.FindNode(new string('x', 5000)));
    });

    [Fact]
    public void FindAndFindNode_FromABuffer_AllocateNothing() => _harness.Kernel.Run(async () =>
    {
        var id = new Guid("00112233-4455-6677-8899-aabbccddeeff");
        await _harness.ExecuteAsync(Make.Register("n1", "web1", "web"));
        await _harness.ExecuteAsync(new RegisterCommand { Node = Make.Node("n2", id) });
        IServiceCatalog catalog = _harness.Catalog;
        char[] buffer = "xWEBxn1x".ToCharArray();
        ServiceView view = catalog.Find("web");
        bool isFound = FindAll() && FindAll();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            isFound &= FindAll();
        }

        Assert.Equal((true, 0), (isFound, GC.GetAllocatedBytesForCurrentThread() - before));

        bool FindAll() => ReferenceEquals(view, catalog.Find(buffer.AsSpan(1, 3)))
            && ReferenceEquals(ServiceView.Empty, catalog.Find(buffer.AsSpan(0, 4)))
            && catalog.FindNode(buffer.AsSpan(5, 2)) is not null
            && catalog.FindNode(buffer.AsSpan(4, 2)) is null
            && catalog.FindNode(id) is not null;
    });
}
