using Discovery.Protocol;
using Discovery.Testing;
using static Discovery.Storage.LogRig;

namespace Discovery.Storage;

/// <summary>Full disks, failed and stalled syncs, and directories that are somebody else's.</summary>
public sealed class LogTroubleTests
{
    private readonly SimulatedDisk _disk = new();

    [Fact]
    public async Task Sync_OnAFullDisk_FailsAndGoesOnOnceThereIsRoom()
    {
        LogStore store = await OpenAsync(_disk);
        _disk.RoomBytes = 0;
        ulong last = 0;
        StorageException? full = null;
        while (full is null)
        {
            store.Append(Batch(1, Entry(++last, 1, $"e{last}")));
            full = await Record.ExceptionAsync(store.SyncAsync) as StorageException;
        }

        Assert.Equal((StorageTrouble.Full, WriteOutcome.NotApplied), (full.Trouble, full.WriteOutcome));
        Assert.Contains("There is no room left", full.Message, StringComparison.Ordinal);
        Assert.Null(store.Fault);
        Assert.Equal(7, store.ReadAll().Length);
        await using (LogStore crashed = await OpenAsync(_disk.Crashed(1)))
        {
            Assert.InRange(crashed.ReadAll().Length, 7, 8);
        }

        _disk.RoomBytes = Small.SegmentBytes;
        store.Append(Batch(1, Entry(++last, 1, "more")));
        Assert.Equal(new LogPosition(last, 1), await store.SyncAsync());
        await using LogStore again = await OpenAsync(_disk.Crashed(1));
        Assert.Equal(store.ReadAll(), again.ReadAll());
        Assert.Equal((int)last, again.ReadAll().Length);
    }

    [Fact]
    public async Task Compact_OnAFullDisk_MakesRoomForWhatWaits()
    {
        LogStore store = await OpenAsync(_disk);
        ulong last = 0;
        while (last < 30)
        {
            await store.WriteAsync(Batch(1, Entry(++last, 1)));
        }

        _disk.RoomBytes = 0;
        StorageException? full = null;
        while (full is null)
        {
            store.Append(Batch(1, Entry(++last, 1)));
            full = await Record.ExceptionAsync(store.SyncAsync) as StorageException;
        }

        await store.CompactToAsync(20);
        await store.SettleAsync();
        Assert.Equal(new LogPosition(last, 1), await store.SyncAsync());

        await using LogStore again = await OpenAsync(_disk.Crashed(1), Snapshot(20, 1));
        Assert.Equal(last, again.Last.Index);
    }

    [Fact]
    public async Task Sync_ThatFails_FaultsForGood()
    {
        LogStore store = await OpenAsync(_disk);
        await store.WriteAsync(Batch(1, Entry(1, 1, "a")));
        _disk.FailSyncAt = _disk.Syncs + 1;

        StorageException failed = await Assert.ThrowsAsync<StorageException>(() => store.WriteAsync(Batch(1, Entry(2, 1, "b"))));

        Assert.Equal((StorageTrouble.Failed, WriteOutcome.Unknown), (failed.Trouble, failed.WriteOutcome));
        Assert.Contains("/data/raft/log/00000001.log could not be synced", failed.Message, StringComparison.Ordinal);
        Assert.Same(failed, store.Fault);
        int calls = _disk.Calls;
        Assert.Throws<StorageException>(() => store.Append(Batch(1, Entry(3, 1))));
        await Assert.ThrowsAsync<StorageException>(store.SyncAsync);
        await Assert.ThrowsAsync<StorageException>(store.SettleAsync);
        await Assert.ThrowsAsync<StorageException>(() => store.CompactToAsync(1));
        Assert.Equal(calls, _disk.Calls);
    }

    [Fact]
    public async Task Open_AfterAFailedSync_WritesTheTailAgain()
    {
        int lostWithout = 0;
        for (int seed = 1; seed <= 50; seed++)
        {
            var disk = new SimulatedDisk(seed);
            LogStore store = await OpenAsync(disk);
            store.Append(Batch(1, Entry(1, 1, "a")));
            disk.FailSyncAt = disk.Syncs + 1;
            await Assert.ThrowsAsync<StorageException>(store.SyncAsync);
            disk.EndProcess();
            lostWithout += (await OpenAsync(disk.Crashed(seed))).ReadAll().Length == 0 ? 1 : 0;

            LogStore again = await OpenAsync(disk);
            Assert.Equal(["1/1 a"], again.ReadAll());

            Assert.Equal(["1/1 a"], (await OpenAsync(disk.Crashed(seed))).ReadAll());
        }

        Assert.InRange(lostWithout, 10, 40);
    }

    [Fact]
    public void Sync_ThatStalls_LetsAppendsAndReadsGoOn()
    {
        var kernel = new SimulationKernel();
        var disk = new SimulatedDisk(1, kernel.Time);
        kernel.Run(async () =>
        {
            LogStore store = await OpenAsync(disk);
            await store.WriteAsync(Batch(1, Entry(1, 1, "a")));
            disk.SyncStall = TimeSpan.FromSeconds(30);
            store.Append(Batch(1, Entry(2, 1, "b")));
            Task<LogPosition> first = store.SyncAsync();
            store.Append(Batch(1, Entry(3, 1, "c")));
            Task<LogPosition> second = store.SyncAsync();
            Assert.Equal(["1/1 a"], store.ReadAll().Take(1));

            await kernel.AdvanceAsync(TimeSpan.FromSeconds(29));
            Assert.False(first.IsCompleted);
            Assert.Single(store.ReadAll());
            await kernel.AdvanceAsync(TimeSpan.FromSeconds(1));
            Assert.Equal(new LogPosition(2, 1), await first);
            Assert.False(second.IsCompleted);
            Assert.Equal(2, store.ReadAll().Length);
            Assert.Equal(new LogPosition(3, 1), await second);
            Assert.Equal(TimeSpan.FromSeconds(60), kernel.Time.Elapsed);
        });
    }

    [Fact]
    public async Task Open_OfAnotherNodesDirectory_IsRefusedAndChangesNothing()
    {
        await (await OpenAsync(_disk)).DisposeAsync();
        int calls = _disk.Calls;
        Guid stranger = Other.Node;

        StorageException refused = await Assert.ThrowsAsync<StorageException>(
            () => LogStore.OpenAsync(_disk, LogRig.Directory, stranger, Cluster, Fresh, null, Small));

        Assert.Equal(
            $"/data/raft/log/identity is of node {Node}, and this node is {stranger}. "
            + "Nothing was changed. Give this node a directory of its own, or start it with that id, as its option or in its file node-id.",
            refused.Message);
        Assert.Equal(calls + 1, _disk.Calls);
    }

    [Fact]
    public async Task Open_OfAnotherClustersDirectory_IsRefused()
    {
        await (await OpenAsync(_disk)).DisposeAsync();

        StorageException refused = await Assert.ThrowsAsync<StorageException>(
            () => LogStore.OpenAsync(_disk, LogRig.Directory, Node, Other.Node, Fresh, null, Small));

        Assert.Equal(StorageTrouble.Foreign, refused.Trouble);
        Assert.Contains(
            $"is of cluster {Cluster}, and this node belongs to cluster {Other.Node}", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SetCluster_OnceKnown_IsKept()
    {
        LogStore store = await LogStore.OpenAsync(_disk, LogRig.Directory, Node, Guid.Empty, Fresh, null, Small);
        await store.SetClusterAsync(Cluster);
        Assert.Equal(Cluster, store.Identity.Cluster);

        LogStore again = await LogStore.OpenAsync(_disk.Crashed(1), LogRig.Directory, Node, Guid.Empty, Guid.Empty, null, Small);

        Assert.Equal(new LogIdentity(Self, Cluster), again.Identity);
    }

    [Theory]
    [InlineData("identity", 8, 60)]
    [InlineData("00000001.log", 8, 64)]
    public async Task Open_OfANewerFormat_IsRefused(string name, int at, int checksumAt)
    {
        await (await OpenAsync(_disk)).DisposeAsync();
        string path = Path.Combine(LogRig.Directory, name);
        byte[] bytes = _disk.Peek(path);
        bytes[at] = 2;
        BitConverter.TryWriteBytes(bytes.AsSpan(checksumAt), Checksum(bytes.AsSpan(0, checksumAt)));
        _disk.Plant(path, bytes);

        StorageException refused = await Assert.ThrowsAsync<StorageException>(() => OpenAsync(_disk));

        Assert.Equal(
            $"{path} is of a newer format than this version reads. "
            + "Nothing was changed. Start the version that has written it, or a later one.",
            refused.Message);
        Assert.Equal(bytes, _disk.Peek(path));
    }

    [Fact]
    public async Task Open_WhileAnotherHasIt_IsRefused()
    {
        await using LogStore store = await OpenAsync(_disk);

        StorageException refused = await Assert.ThrowsAsync<StorageException>(() => OpenAsync(_disk));

        Assert.Equal(
            "/data/raft/log is in use by another process. Stop that one, or give this node a directory of its own.", refused.Message);
    }

    [Fact]
    public async Task Open_WithTheIdentityGone_IsRefused()
    {
        LogStore store = await OpenAsync(_disk);
        await store.WriteAsync(Batch(1, Entry(1, 1)));
        await store.DisposeAsync();
        _disk.Plant(Path.Combine(LogRig.Directory, LogIdentity.Name), null);

        StorageException refused = await Assert.ThrowsAsync<StorageException>(() => OpenAsync(_disk));

        Assert.Contains("the file is missing, and there is a log beside it", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_WithTheSegmentsGone_IsRefused()
    {
        await (await OpenAsync(_disk)).DisposeAsync();
        _disk.Plant(PathOf(1), null);

        StorageException refused = await Assert.ThrowsAsync<StorageException>(() => OpenAsync(_disk));

        Assert.StartsWith(
            "/data/raft/log/00000001.log is damaged at offset 0: the file is missing", refused.Message, StringComparison.Ordinal);
    }

    // Bit by bit, so that the test does not share the table of the code.
    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        uint crc = ~0u;
        foreach (byte next in bytes)
        {
            crc ^= next;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * 0x82F63B78);
            }
        }

        return ~crc;
    }
}
