using Discovery.Catalog;

namespace Discovery.Coordinates;

public sealed class CoordinateStoreTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly CatalogHarness _harness = new();

    private ICoordinates Coordinates => _harness.Coordinates;

    [Fact]
    public void UpdateAsync_ManyWithinFiveSeconds_AreWrittenTogetherAndTheNewestOfANodeCounts() => Run(async () =>
    {
        await Node("n1");
        await Node("n2");
        ulong before = _harness.State.Current.Index;
        await Coordinates.UpdateAsync(At("n1", 1));
        await _harness.Kernel.AdvanceAsync(Second * 2);
        await Coordinates.UpdateAsync(At("N2", 2));
        await Coordinates.UpdateAsync(At("n1", 3));
        await Coordinates.UpdateAsync(At("n1", 4, "alpha"));
        await Coordinates.UpdateAsync(At("unknown", 5));
        await _harness.Kernel.AdvanceAsync(Second * 2.9);
        Assert.Equal(before, _harness.State.Current.Index);
        await _harness.Kernel.AdvanceAsync(Second * 0.2);
        QueryReply<IReadOnlyList<NodeCoordinate>> reply = await Coordinates.QueryNodesAsync();
        Assert.Equal((before + 1, before + 1), (_harness.State.Current.Index, reply.Index));
        Assert.Equal(
            "n1::3 n1:alpha:4 n2::2",
            string.Join(' ', reply.Body.Select(static one => $"{one.Node}:{one.Segment}:{one.Coordinate.Vector[0]}")));
        Assert.Equal(2, (await Coordinates.QueryNodeAsync("N1")).Body.Count);
        Assert.Empty((await Coordinates.QueryNodeAsync("unknown")).Body);
    });

    [Fact]
    public void UpdateAsync_SameAsBefore_WakesNobody() => Run(async () =>
    {
        await Node("n1");
        await Update(At("n1", 1));
        ulong index = (await Coordinates.QueryNodeAsync("n1")).Index;
        Task<QueryReply<IReadOnlyList<NodeCoordinate>>> one = Coordinates.QueryNodeAsync("n1", After(index)).AsTask();
        Task<QueryReply<IReadOnlyList<NodeCoordinate>>> all = Coordinates.QueryNodesAsync(After(index)).AsTask();
        await Update(At("n1", 1));
        await Node("n2");
        Assert.False(one.IsCompleted || all.IsCompleted);
        await Update(At("n2", 1));
        Assert.Equal(2, (await all).Body.Count);
        Assert.False(one.IsCompleted);
        await Update(At("n1", 2));
        Assert.Equal(2, (await one).Body.Single().Coordinate.Vector[0]);
        Assert.Equal(0, _harness.QueryMetrics.SpuriousCount);
    });

    [Fact]
    public void Deregister_TheNode_TakesItsCoordinatesAlong() => Run(async () =>
    {
        await Node("n1");
        await Node("n10");
        await Update(At("n1", 1), At("n1", 2, "alpha"), At("n10", 3));
        await _harness.ExecuteAsync(Make.Deregister("N1"));
        Assert.Equal("n10", (await Coordinates.QueryNodesAsync()).Body.Single().Node);
        await Node("n1");
        Assert.Empty((await Coordinates.QueryNodeAsync("n1")).Body);
    });

    [Theory]
    [InlineData(7, 0.0)]
    [InlineData(9, 0.0)]
    [InlineData(8, double.NaN)]
    [InlineData(8, double.PositiveInfinity)]
    public void UpdateAsync_IncompatibleCoordinate_IsRefused(int dimensions, double error) => Run(async () =>
    {
        CatalogRefusedException refused = await Assert.ThrowsAsync<CatalogRefusedException>(() => Coordinates.UpdateAsync(
            new NodeCoordinate("n1", "", new Coordinate(new double[dimensions], error, 0, 0))).AsTask());
        Assert.Equal((CatalogRefusal.IncompatibleCoordinate, "n1"), (refused.Reason, refused.Subject));
        Assert.Equal(DiscoveryError.InvalidRequest, refused.Error);
    });

    [Fact]
    public void UpdateAsync_NoNode_IsTakenAndDropped() => Run(async () =>
    {
        ulong before = _harness.State.Current.Index;
        await Update(At("", 1), At("a\0b", 1), At(new string('x', 5000), 1));
        Assert.Equal(before, _harness.State.Current.Index);
    });

    [Fact]
    public void UpdateAsync_MoreThanOnePeriodWrites_IsRefusedUntilTheNext() => Run(async () =>
    {
        await Node("n1");
        for (int i = 0; i < 640; i++)
        {
            await Coordinates.UpdateAsync(At($"n{i}", i));
        }

        DiscoveryException refused = await Assert.ThrowsAsync<DiscoveryException>(() => Coordinates.UpdateAsync(At("more", 1)).AsTask());
        Assert.Equal(DiscoveryError.Overloaded, refused.Error);
        await Coordinates.UpdateAsync(At("n7", 8));
        ulong before = _harness.State.Current.Index;
        await _harness.Kernel.AdvanceAsync(Second * 5);
        Assert.Equal(before + 5, _harness.State.Current.Index);
        await Coordinates.UpdateAsync(At("more", 1));
    });

    [Fact]
    public void Near_EveryKindOfList_PutsTheNearestFirstAndTheUnknownLast() => Run(async () =>
    {
        for (int i = 1; i <= 5; i++)
        {
            await _harness.ExecuteAsync(Make.Register($"n{i}", $"web{i}", "web"));
            await _harness.ExecuteAsync(Make.Register(Make.Check($"n{i}", "c", CheckStatus.Passing, $"web{i}")));
        }

        await Update(At("n1", 1), At("n2", 9), At("n4", 8.5), At("n5", 2));
        IServiceCatalog catalog = _harness.Catalog;
        Assert.Equal("web4 web2 web5 web1 web3", await Instances("N4"));
        Assert.Equal("web1 web5 web4 web2 web3", await Instances("n1"));
        Assert.Equal("web1 web2 web3 web4 web5", await Instances("n3"));
        Assert.Equal("web1 web2 web3 web4 web5", await Instances("nowhere"));
        Assert.Equal("web1 web2 web3 web4 web5", await Instances(null));
        IReadOnlyList<CatalogNode> nodes = (await catalog.QueryNodesAsync(new NodeQuery { Near = "n4" })).Body;
        Assert.Equal(["n4", "n2", "n5", "n1", "n3"], nodes.Select(static one => one.Name));
        IReadOnlyList<CheckDetails> checks = (await catalog.QueryChecksAsync(new CheckQuery { Service = "web", Near = "n4" })).Body;
        Assert.Equal(["n4", "n2", "n5", "n1", "n3"], checks.Select(static one => one.Check.Node));

        async Task<string> Instances(string? near) => string.Join(
            ' ', (await catalog.QueryAsync(new ServiceQuery("web") { Near = near })).Body.Select(static one => one.Id));
    });

    [Fact]
    public void Near_NodesInSegments_ComparesTheSegmentThatOneOfThemIsInAlone() => Run(async () =>
    {
        foreach (string node in (string[])["a", "b", "c", "d"])
        {
            await Node(node);
        }

        // "a" is in one segment only, so that segment decides: "b" is near there, "c" is not in it, and "d" is far.
        await Update(At("a", 1, "east"), At("b", 9), At("b", 2, "east"), At("c", 1), At("d", 7, "east"));
        Assert.Equal("a b d c", await Nodes("a"));

        // "b" is in two: with "c", which is in one, that one's counts.
        Assert.Equal("b a d c", await Nodes("b"));

        async Task<string> Nodes(string near) => string.Join(
            ' ', (await _harness.Catalog.QueryNodesAsync(new NodeQuery { Near = near })).Body.Select(static one => one.Name));
    });

    [Fact]
    public void Codecs_WhatWasWritten_IsReadAgain()
    {
        NodeCoordinate[] batch = [At("n1", 1.5), At("n2", -2, "alpha")];
        byte[] bytes = EncodedCatalog.Encode<IReadOnlyList<NodeCoordinate>>(UpdateCoordinatesCommandCodec.Instance, batch);
        Assert.True(UpdateCoordinatesCommandCodec.Instance.TryRead(bytes, out IReadOnlyList<NodeCoordinate>? read));
        Assert.Equal(batch, read);
        for (int length = 0; length < bytes.Length; length++)
        {
            Assert.False(UpdateCoordinatesCommandCodec.Instance.TryRead(bytes.AsSpan(0, length), out _));
        }
    }

    private static NodeCoordinate At(string node, double x, string segment = "") =>
        new(node, segment, new Coordinate([x, 0, 0, 0, 0, 0, 0, 0], 0.5, 0, 0.001));

    private static QueryOptions After(ulong index) => new() { AfterIndex = index, Wait = TimeSpan.FromHours(1) };

    private Task<ulong> Node(string name) => _harness.ExecuteAsync(new RegisterCommand { Node = Make.Node(name) });

    private async Task Update(params NodeCoordinate[] coordinates)
    {
        foreach (NodeCoordinate coordinate in coordinates)
        {
            await Coordinates.UpdateAsync(coordinate);
        }

        await _harness.Kernel.AdvanceAsync(Second * 5);
    }

    private void Run(Func<Task> body) => _harness.Kernel.Run(async () =>
    {
        using var end = new CancellationTokenSource();
        Task loop = _harness.Runtime.Start(() => _harness.Updates.RunAsync(end.Token));
        await body();
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => loop);
    });
}
