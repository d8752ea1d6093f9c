using Discovery.Protocol;
using Discovery.Testing;
using Xunit.Abstractions;
using static Discovery.Storage.LogRig;

namespace Discovery.Storage;

public sealed class SnapshotStoreTests(ITestOutputHelper output)
{
    private const string Snapshots = "/data/raft/snapshots";

    private readonly SimulatedDisk _disk = new();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(SnapshotLayout.BlockBytesMax)]
    [InlineData(SnapshotLayout.BlockBytesMax + 1)]
    [InlineData(300_000)]
    public async Task Write_OfAnyLength_IsReadAfterACrash(int length)
    {
        SnapshotStore store = await SnapshotStore.OpenAsync(_disk, Snapshots);
        var meta = new SnapshotMeta(
            new LogPosition(77, 3), new ConfigurationEntry(5, RaftConfiguration.Of([new RaftMember(Self, MemberRole.Voter)])));
        SnapshotFile written = await store.WriteAsync(meta, output => output.Write(Content(1, length)));

        SimulatedDisk crashed = _disk.Crashed(1);
        SnapshotStore again = await SnapshotStore.OpenAsync(crashed, Snapshots);

        Assert.Equal([written], store.Files);
        SnapshotFile found = Assert.Single(again.Files);
        Assert.Equal((written.Meta, written.Path, (long)crashed.Peek(written.Path).Length), (found.Meta, found.Path, written.Bytes));
        Assert.Equal(Content(1, length), Read(again, found));
    }

    [Fact]
    public async Task Begin_InPieces_IsPutInPlaceWhenComplete()
    {
        SnapshotStore store = await SnapshotStore.OpenAsync(_disk, Snapshots);
        await using (SnapshotWriter writer = await store.BeginAsync(Snapshot(9, 2)))
        {
            await writer.WriteAsync(Content(1, 100).AsMemory(0, 40));
            Assert.Empty(store.Files);
            await writer.WriteAsync(Content(1, 100).AsMemory(40));
            await writer.CompleteAsync();
        }

        Assert.Equal(Content(1, 100), Read(store, store.Files[0]));
        Assert.Equal([store.Files[0].Path], _disk.Paths);
    }

    [Fact]
    public async Task Begin_OfTheSameSnapshotTwiceAtOnce_EachIsWholeWhenItIsPutInPlace()
    {
        SnapshotStore store = await SnapshotStore.OpenAsync(_disk, Snapshots);
        await using SnapshotWriter first = await store.BeginAsync(Snapshot(9, 2));
        await first.WriteAsync(Content(1, 100));
        await using SnapshotWriter second = await store.BeginAsync(Snapshot(9, 2));
        await first.CompleteAsync();

        Assert.Equal(Content(1, 100), Read(store, store.Files[0]));
        SnapshotStore crashed = await SnapshotStore.OpenAsync(_disk.Crashed(1), Snapshots);
        Assert.Equal(Content(1, 100), Read(crashed, Assert.Single(crashed.Files)));

        await second.WriteAsync(Content(1, 100));
        await second.CompleteAsync();
        Assert.Equal(Content(1, 100), Read(store, Assert.Single(store.Files)));
        Assert.Equal([store.Files[0].Path], _disk.Paths);
    }

    [Fact]
    public async Task Put_OfAnOlderSnapshot_LeavesTheNewestInPlace()
    {
        SnapshotStore store = await SnapshotStore.OpenAsync(_disk, Snapshots);
        foreach (ulong index in (ulong[])[20, 7, 8])
        {
            await store.WriteAsync(Snapshot(index, 2), static output => output.Write(Content(1, 10)));
        }

        Assert.Equal([20, 8], store.Files.Select(static file => file.Meta.Last.Index));
    }

    [Fact]
    public async Task Dispose_OfAnIncompleteWriter_LeavesNothing()
    {
        SnapshotStore store = await SnapshotStore.OpenAsync(_disk, Snapshots);
        await using (SnapshotWriter writer = await store.BeginAsync(Snapshot(9, 2)))
        {
            await writer.WriteAsync(Content(1, 100));
        }

        Assert.Empty(store.Files);
        Assert.Empty(_disk.Paths);
    }

    [Fact]
    public async Task Write_OnAFullDisk_IsTypedAndLeavesNothing()
    {
        SnapshotStore store = await SnapshotStore.OpenAsync(_disk, Snapshots);
        _disk.RoomBytes = 100_000;

        StorageException full = await Assert.ThrowsAsync<StorageException>(
            () => store.WriteAsync(Snapshot(9, 2), output => output.Write(Content(1, 200_000))));

        Assert.Equal(StorageTrouble.Full, full.Trouble);
        Assert.Empty(_disk.Paths);
        Assert.Equal(100_000, _disk.RoomBytes);
        await store.WriteAsync(Snapshot(9, 2), output => output.Write(Content(1, 50_000)));
        Assert.Equal(Content(1, 50_000), Read(store, store.Files[0]));
    }

    [Fact]
    public async Task Write_ThatCannotBeRenamed_IsTypedAndLeavesNothing()
    {
        SnapshotStore store = await SnapshotStore.OpenAsync(_disk, Snapshots);
        _disk.FailOn = "move";

        StorageException failed = await Assert.ThrowsAsync<StorageException>(
            () => store.WriteAsync(Snapshot(9, 2), static output => output.Write(Content(1, 100))));

        Assert.Equal(StorageTrouble.Failed, failed.Trouble);
        Assert.Empty(store.Files);
        Assert.Empty(_disk.Paths);
        await store.WriteAsync(Snapshot(9, 2), static output => output.Write(Content(1, 100)));
        Assert.Equal([store.Files[0].Path], _disk.Paths);
    }

    [Fact]
    public async Task Write_OfAThird_DeletesTheFirst()
    {
        SnapshotStore store = await SnapshotStore.OpenAsync(_disk, Snapshots);
        for (ulong i = 1; i <= 3; i++)
        {
            await store.WriteAsync(Snapshot(i, 1), output => output.Write(Content((int)i, 10)));
        }

        Assert.Equal([3UL, 2UL], store.Files.Select(static file => file.Meta.Last.Index));
        Assert.Equal(store.Files.Select(static file => file.Path).Order(), _disk.Paths);
    }

    [Fact]
    public async Task EveryBitAndLength_Damaged_IsNoticed()
    {
        SnapshotStore store = await SnapshotStore.OpenAsync(_disk, Snapshots);
        SnapshotFile file = await store.WriteAsync(Snapshot(9, 2), output => output.Write(Content(1, 100)));
        byte[] bytes = _disk.Peek(file.Path);
        var files = new SortedDictionary<string, byte[]>(StringComparer.Ordinal) { [file.Path] = bytes };
        for (int bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Throws<StorageException>(() => ReadAll(new SnapshotInput(new FileBytes(files).Open(file.Path))));
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        for (int length = 0; length < bytes.Length; length++)
        {
            files[file.Path] = bytes[..length];
            Assert.Throws<StorageException>(() => ReadAll(new SnapshotInput(new FileBytes(files).Open(file.Path))));
        }

        files[file.Path] = bytes;
        Assert.Equal(Content(1, 100), ReadAll(new SnapshotInput(new FileBytes(files).Open(file.Path))));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Open_WithTheNewestDamaged_GoesBackIfTheLogReaches(bool isCompacted)
    {
        NodeStorage node = await OpenNodeAsync(_disk);
        for (ulong i = 1; i <= 30; i++)
        {
            await node.Log.WriteAsync(Batch(1, Entry(i, 1, $"e{i}")));
        }

        await node.Snapshots.WriteAsync(Snapshot(10, 1), static output => output.Write(Content(10, 20)));
        await node.Snapshots.WriteAsync(Snapshot(20, 1), static output => output.Write(Content(20, 20)));
        await node.Log.CompactToAsync(isCompacted ? 20UL : 10UL);
        await node.DisposeAsync();
        string newest = node.Snapshots.Files[0].Path;
        byte[] bytes = _disk.Peek(newest);
        bytes[^20] ^= 1;
        _disk.Plant(newest, bytes);

        if (isCompacted)
        {
            StorageException refused = await Assert.ThrowsAsync<StorageException>(() => OpenNodeAsync(_disk));
            Assert.Equal(StorageTrouble.Damaged, refused.Trouble);
            Assert.StartsWith(newest, refused.Message, StringComparison.Ordinal);
            Assert.Equal(bytes, _disk.Peek(newest));
        }
        else
        {
            NodeStorage again = await OpenNodeAsync(_disk);
            Assert.Equal(new LogPosition(10, 1), again.Base!.Meta.Last);
            Assert.Equal(Content(10, 20), Read(again.Snapshots, again.Base));
            Assert.Equal(30UL, again.Log.Last.Index);
        }
    }

    [Fact]
    public async Task EveryCall_CrashedBeforeAndAfter_KeepsANewestThatIsWhole()
    {
        int recoveries = 0;
        for (int call = 1; call <= 400; call++)
        {
            foreach (bool isAfter in (bool[])[false, true])
            {
                var disk = new SimulatedDisk { CrashAt = call, CrashesAfterCall = isAfter };
                (ulong durable, ulong begun) = await TellAsync(disk);
                for (int loss = 0; loss < 8; loss++)
                {
                    SimulatedDisk crashed = disk.Crashed((call * 10) + loss);
                    SnapshotStore store = await SnapshotStore.OpenAsync(crashed, Snapshots);
                    ulong newest = store.Files.Count == 0 ? 0 : store.Files[0].Meta.Last.Index;
                    Assert.InRange(newest, durable, begun);
                    Assert.Empty(store.Damaged);
                    Assert.All(store.Files, file =>
                        Assert.Equal(Content((int)file.Meta.Last.Index, Length(file.Meta.Last.Index)), Read(store, file)));
                    Assert.Equal(store.Files.Select(static file => file.Path).Order(StringComparer.Ordinal), crashed.Paths);
                    recoveries++;
                }

                if (disk.Calls < call)
                {
                    output.WriteLine($"{disk.Calls} calls, {recoveries} recoveries");
                    return;
                }
            }
        }

        Assert.Fail("the story does not end");
    }

    private static async Task<(ulong Durable, ulong Begun)> TellAsync(SimulatedDisk disk)
    {
        ulong durable = 0;
        ulong begun = 0;
        try
        {
            SnapshotStore store = await SnapshotStore.OpenAsync(disk, Snapshots);
            for (ulong i = 1; i <= 5; i++)
            {
                begun = i;
                await store.WriteAsync(Snapshot(i, 1), output => output.Write(Content((int)i, Length(i))));
                durable = i;
            }
        }
        catch (DiskCrashException)
        {
        }

        return (durable, begun);
    }

    private static int Length(ulong index) => (int)index * 40_000;

    private static Task<NodeStorage> OpenNodeAsync(IDisk disk) =>
        NodeStorage.OpenAsync(disk, "/data/raft", Node, Cluster, Fresh, Small);

    private static byte[] Content(int seed, int length)
    {
        var content = new byte[length];
        new Random(seed).NextBytes(content);
        return content;
    }

    private static byte[] Read(SnapshotStore store, SnapshotFile file) => ReadAll(store.OpenRead(file));

    private static byte[] ReadAll(SnapshotInput input)
    {
        using (input)
        {
            var content = new MemoryStream();
            input.CopyTo(content);
            return content.ToArray();
        }
    }
}
