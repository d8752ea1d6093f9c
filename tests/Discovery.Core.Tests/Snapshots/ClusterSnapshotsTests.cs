using Discovery.DependencyInjection;
using Discovery.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Discovery.Snapshots;

public sealed class ClusterSnapshotsTests
{
    [Fact]
    public void RestoreAsync_Saved_BringsTheStateBackAndAnswersWhoWaits() => Run(async (node, snapshots) =>
    {
        await node.Catalog.RegisterAsync(Node("before"));
        byte[] archive = await SaveAsync(snapshots);
        await node.Catalog.RegisterAsync(Node("after"));
        StateSnapshot last = node.Get<StateMachine>().Current;
        Task<QueryReply<IReadOnlyList<CatalogNode>>> waiting = node.Catalog.QueryNodesAsync(
            new NodeQuery(), new QueryOptions { AfterIndex = last.Index }).AsTask();

        ulong index = await snapshots.RestoreAsync(new MemoryStream(archive));

        StateSnapshot now = node.Get<StateMachine>().Current;
        Assert.Equal(["before", "n1"], (await waiting).Body.Select(static one => one.Name));
        Assert.Equal((last.Index + 1, index), (index, now.Index));
        Assert.NotEqual(last.Lineage, now.Lineage);
        Assert.Equal(["1650", "1651"], EventsOf(node));
    });

    [Fact]
    public void RestoreAsync_Damaged_ChangesNothingAndSaysSo() => Run(async (node, snapshots) =>
    {
        byte[] archive = await SaveAsync(snapshots);
        StatePosition before = node.Get<StateMachine>().Current.Position;

        await Assert.ThrowsAsync<DiscoveryException>(
            () => snapshots.RestoreAsync(new MemoryStream(archive[..(archive.Length / 2)])).AsTask());

        Assert.Equal(before, node.Get<StateMachine>().Current.Position);
        Assert.Equal(["1650", "1652"], EventsOf(node));
    });

    [Fact]
    public void OpenAsync_AsManyAsThereMayBe_IsRefusedUntilOneIsLetGo() => Run(async (_, snapshots) =>
    {
        ClusterSnapshot[] open = [await snapshots.OpenAsync(), await snapshots.OpenAsync()];

        DiscoveryException refused = await Assert.ThrowsAsync<DiscoveryException>(() => snapshots.OpenAsync().AsTask());
        Assert.Equal(
            (DiscoveryError.Overloaded, "2 snapshots are being written (ClusterSnapshotOptions.ConcurrentMax)."),
            (refused.Error, refused.Message));

        // Twice is once.
        open[0].Dispose();
        open[0].Dispose();
        using ClusterSnapshot again = await snapshots.OpenAsync();
        await Assert.ThrowsAsync<DiscoveryException>(() => snapshots.OpenAsync().AsTask());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => open[0].WriteToAsync(Stream.Null));
        open[1].Dispose();
    });

    [Fact]
    public void OpenAsync_OfAnotherDatacenter_IsRefusedAndHoldsNothing() => Run(async (_, snapshots) =>
    {
        var foreign = new QueryOptions { Context = new CallContext { Datacenter = "dc2" } };
        for (int i = 0; i < 3; i++)
        {
            DiscoveryException refused = await Assert.ThrowsAsync<DiscoveryException>(() => snapshots.OpenAsync(foreign).AsTask());
            Assert.Equal(DiscoveryError.NoPathToDatacenter, refused.Error);
        }

        (await snapshots.OpenAsync()).Dispose();
    });

    [Fact]
    public void OpenAsync_ThenWritten_IsTheStateOfThatMoment() => Run(async (node, snapshots) =>
    {
        using ClusterSnapshot snapshot = await snapshots.OpenAsync();
        ulong index = node.Get<StateMachine>().Current.Index;
        await node.Catalog.RegisterAsync(Node("later"));
        using var output = new MemoryStream();

        await snapshot.WriteToAsync(output);

        using var reader = new ArchiveReader(new MemoryStream(output.ToArray()), new ClusterSnapshotOptions(), new FakeTimeProvider());
        ArchiveMeta meta = await reader.OpenAsync(default);
        StateSnapshot read = await node.Get<StateMachine>().ReadSnapshotAsync(reader);
        Assert.Equal((index, index, index, 1), (meta.Index, snapshot.Index, read.Index, meta.Term));
        Assert.Equal((TimeSpan.Zero, true), (snapshot.LastContact, snapshot.IsLeaderKnown));
    });

    private static CatalogRegistration Node(string name) => new() { Node = name, Address = "10.0.0.9" };

    private static async Task<byte[]> SaveAsync(IClusterSnapshots snapshots)
    {
        using ClusterSnapshot snapshot = await snapshots.OpenAsync();
        using var output = new MemoryStream();
        await snapshot.WriteToAsync(output);
        return output.ToArray();
    }

    private static IEnumerable<string> EventsOf(TestNode node) =>
        ((RecordingLogger<ClusterSnapshots>)node.Get<ILogger<ClusterSnapshots>>()).Lines.Select(static line => line[..4]);

    private static void Run(Func<TestNode, IClusterSnapshots, Task> test)
    {
        var kernel = new SimulationKernel(1);
        kernel.Run(async () =>
        {
            await using var node = new TestNode(
                kernel, static builder => builder.Services.Configure<ClusterSnapshotOptions>(static o => o.ConcurrentMax = 2));
            await node.StartAsync();
            await test(node, node.Get<IClusterSnapshots>());
        });
    }
}
