using Discovery.Protocol;
using Discovery.Testing;
using static Discovery.Storage.LogRig;

namespace Discovery.Storage;

public sealed class LogStoreTests
{
    private readonly SimulatedDisk _disk = new();

    [Fact]
    public async Task Open_EmptyDirectory_BeginsALog()
    {
        await using LogStore store = await OpenAsync(_disk);

        Assert.Equal(new LogIdentity(Self, Cluster), store.Identity);
        Assert.Equal(LogPosition.Zero, store.Last);
        Assert.Equal(default, store.Recovered.State);
        Assert.Equal(LogPosition.Zero, store.Recovered.Terms.Last);
        Assert.Equal(["/data/raft/log/00000001.log", "/data/raft/log/identity"], _disk.Paths);
    }

    [Fact]
    public async Task Sync_AfterAppend_IsThereAfterACrash()
    {
        LogStore store = await OpenAsync(_disk);
        await store.WriteAsync(Batch(1, Entry(1, 1, "a"), Entry(2, 1, new string('b', 2000))), Batch(3, Entry(3, 3)));
        Assert.Equal(new LogPosition(3, 3), store.Last);

        await using LogStore again = await OpenAsync(_disk.Crashed(1));

        Assert.Equal(["1/1 a", "2/1 " + new string('b', 2000), "3/3"], again.ReadAll());
        Assert.Equal(new HardState(3, Self), again.Recovered.State);
        Assert.Equal(new LogPosition(3, 3), again.Recovered.Terms.Last);
        Assert.Equal(store.Identity, again.Identity);
    }

    [Fact]
    public async Task Append_WithoutSync_CanNotBeRead()
    {
        await using LogStore store = await OpenAsync(_disk);
        store.Append(Batch(1, Entry(1, 1, "a")));
        Assert.Empty(store.ReadAll());
        Assert.Equal(512, store.PendingBytes);

        Assert.Equal(new LogPosition(1, 1), await store.SyncAsync());

        Assert.Equal(["1/1 a"], store.ReadAll());
        Assert.Equal(0, store.PendingBytes);
    }

    [Fact]
    public async Task Sync_OfManyBatches_IsOneSyncOfTheDisk()
    {
        await using LogStore store = await OpenAsync(_disk, options: LogStoreOptions.Default);
        await store.WriteAsync(Batch(1));
        int before = _disk.FileSyncs;

        await store.WriteAsync(Batch(1, Entry(1, 1)), Batch(1, Entry(2, 1)), Batch(2, Entry(3, 2)));

        Assert.Equal(before + 1, _disk.FileSyncs);
    }

    [Fact]
    public async Task Append_AfterACut_TakesThePlaceOfWhatWasThere()
    {
        LogStore store = await OpenAsync(_disk);
        await store.WriteAsync(Batch(1, Entry(1, 1, "a"), Entry(2, 1, "b"), Entry(3, 1, "c")));
        await store.WriteAsync(new LogBatch { State = new HardState(2, Other), TruncateAfter = 1, Entries = [Entry(2, 2, "B")] });
        Assert.Equal(["1/1 a", "2/2 B"], store.ReadAll());

        await using LogStore again = await OpenAsync(_disk.Crashed(1));

        Assert.Equal(["1/1 a", "2/2 B"], again.ReadAll());
        Assert.Equal(new HardState(2, Other), again.Recovered.State);
    }

    [Fact]
    public async Task Append_OfMoreThanASegment_GoesOnInTheNext()
    {
        LogStore store = await OpenAsync(_disk);
        var expected = new List<string>();
        for (ulong i = 1; i <= 40; i++)
        {
            await store.WriteAsync(Batch(1, Entry(i, 1, $"e{i}")));
            expected.Add($"{i}/1 e{i}");
        }

        await store.WriteAsync(Batch(1, Entry(41, 1, new string('x', 100_000))));
        expected.Add("41/1 " + new string('x', 100_000));
        Assert.Equal(expected, store.ReadAll());

        await using LogStore again = await OpenAsync(_disk.Crashed(1));

        Assert.Equal(expected, again.ReadAll());
        Assert.Equal((6 * Small.SegmentBytes) + 113_152, again.Bytes);
    }

    [Fact]
    public async Task Compact_InTheMiddle_DeletesWholeSegments()
    {
        LogStore store = await OpenAsync(_disk);
        for (ulong i = 1; i <= 40; i++)
        {
            await store.WriteAsync(Batch(1, Entry(i, 1, $"e{i}")));
        }

        await store.CompactToAsync(20);
        Assert.Equal(new LogPosition(14, 1), store.Start);
        Assert.Equal(26, store.ReadAll().Length);

        await using LogStore again = await OpenAsync(_disk.Crashed(1), Snapshot(20, 1));

        Assert.Equal(new LogPosition(14, 1), again.Recovered.Terms.Start);
        Assert.Equal(new LogPosition(40, 1), again.Recovered.Terms.Last);
        Assert.Equal(store.ReadAll(), again.ReadAll());
    }

    [Fact]
    public async Task Open_AfterCompactionWithoutSnapshot_IsRefused()
    {
        LogStore store = await OpenAsync(_disk);
        for (ulong i = 1; i <= 40; i++)
        {
            await store.WriteAsync(Batch(1, Entry(i, 1, $"e{i}")));
        }

        await store.CompactToAsync(20);
        await store.DisposeAsync();

        StorageException refused = await Assert.ThrowsAsync<StorageException>(() => OpenAsync(_disk));

        Assert.Equal(StorageTrouble.OutOfReach, refused.Trouble);
        Assert.Contains("begins after entry 14, and the newest whole snapshot is missing", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Append_WithReset_BeginsTheLogAfterTheSnapshot()
    {
        LogStore store = await OpenAsync(_disk);
        await store.WriteAsync(Batch(1, Entry(1, 1, "a"), Entry(2, 1, "b")));
        await store.WriteAsync(
            new LogBatch { State = new HardState(5, VoterId.None), Reset = new LogPosition(90, 4), Entries = [Entry(91, 5, "z")] });
        Assert.Equal(new LogPosition(90, 4), store.Start);

        await using LogStore again = await OpenAsync(_disk.Crashed(1), Snapshot(90, 4));

        Assert.Equal(["91/5 z"], again.ReadAll());
        Assert.Equal(new LogPosition(90, 4), again.Recovered.Terms.Start);
    }

    [Fact]
    public async Task Open_WithSnapshotAheadOfTheLog_BeginsTheLogAnew()
    {
        LogStore store = await OpenAsync(_disk);
        await store.WriteAsync(Batch(4, Entry(1, 1, "a"), Entry(2, 1, "b")));
        await store.DisposeAsync();

        store = await OpenAsync(_disk, Snapshot(90, 4));
        Assert.Equal(new LogPosition(90, 4), store.Last);
        await store.WriteAsync(Batch(4, Entry(91, 4, "z")));

        await using LogStore again = await OpenAsync(_disk.Crashed(1), Snapshot(90, 4));
        Assert.Equal(["91/4 z"], again.ReadAll());
    }

    [Fact]
    public async Task Open_WithConfigurations_TellsThoseAfterTheSnapshot()
    {
        RaftConfiguration first = RaftConfiguration.Of([new RaftMember(Self, MemberRole.Voter)]);
        RaftConfiguration second = RaftConfiguration.Of(
            [new RaftMember(Self, MemberRole.Voter), new RaftMember(Other, MemberRole.Learner)]);
        LogStore store = await OpenAsync(_disk);
        await store.WriteAsync(Batch(
            1,
            new LogEntry(1, 1, EntryKind.Configuration, first.Encode()),
            new LogEntry(2, 1, EntryKind.Configuration, second.Encode()),
            new LogEntry(3, 1, EntryKind.Configuration, first.Encode())));
        await store.WriteAsync(new LogBatch { TruncateAfter = 2 });

        await using LogStore again = await OpenAsync(_disk.Crashed(1), Snapshot(1, 1));

        Assert.Equal([new ConfigurationEntry(2, second)], again.Recovered.Configurations);
    }

    [Fact]
    public async Task Read_WithLimitOfBytes_GivesAtLeastOne()
    {
        await using LogStore store = await OpenAsync(_disk);
        await store.WriteAsync(Batch(1, Entry(1, 1, new string('a', 100)), Entry(2, 1, "b"), Entry(3, 1, "c")));
        var entries = new List<LogEntry>();

        store.Read(1, 3, 1, entries);
        Assert.Equal([1UL], entries.Select(static entry => entry.Index));

        entries.Clear();
        store.Read(1, 3, 164 + 65, entries);
        Assert.Equal([1UL, 2UL], entries.Select(static entry => entry.Index));

        entries.Clear();
        store.Read(4, 9, 1000, entries);
        Assert.Empty(entries);
    }
}
