using Discovery.Protocol;
using Discovery.Testing;
using Xunit.Abstractions;
using static Discovery.Storage.LogRig;

namespace Discovery.Storage;

/// <summary>Log and snapshots together, as when a driver takes a snapshot and when it installs one, crashed at every call.</summary>
public sealed class NodeStorageTests(ITestOutputHelper output)
{
    [Fact]
    public async Task EveryCall_CrashedBeforeAndAfter_RecoversLogAndSnapshotThatFit()
    {
        int recoveries = 0;
        int calls = int.MaxValue;
        for (int call = 1; call <= calls; call++)
        {
            foreach (bool isAfter in (bool[])[false, true])
            {
                var disk = new SimulatedDisk { CrashAt = call, CrashesAfterCall = isAfter };
                Story story = await TellAsync(disk);
                calls = disk.CrashAt > disk.Calls ? 0 : calls;
                for (int loss = 0; loss < 8; loss++)
                {
                    NodeStorage node = await OpenNodeAsync(disk.Crashed((call * 10) + loss));
                    ulong based = node.Base?.Meta.Last.Index ?? 0;
                    Assert.InRange(based, story.Durable, story.Begun);
                    Assert.Equal(node.Base is null ? [] : Content(based), node.Base is null ? [] : Read(node, node.Base));
                    LogModel model = story.Model.Copy();
                    model.Snapshot = node.Base?.Meta;
                    model.Judge(node.Log);
                    recoveries++;
                }
            }
        }

        output.WriteLine($"{recoveries} recoveries");
        Assert.InRange(recoveries, 500, int.MaxValue);
    }

    [Fact]
    public async Task Open_WithTheDirectoryOfAnotherLog_IsRefused()
    {
        var first = new SimulatedDisk();
        var second = new SimulatedDisk();
        await (await OpenNodeAsync(first)).DisposeAsync();
        LogStore other = await LogStore.OpenAsync(second, LogRig.Directory, Node, Cluster, Guid.NewGuid(), null, Small);
        await other.WriteAsync(Batch(1, Entry(1, 1)));
        first.Plant(PathOf(1), second.Peek(PathOf(1)));

        StorageException refused = await Assert.ThrowsAsync<StorageException>(() => OpenNodeAsync(first));

        Assert.Equal(StorageTrouble.Foreign, refused.Trouble);
        Assert.StartsWith("/data/raft/log/00000001.log is of log", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_WithSnapshotsAndWithoutTheirLog_IsRefused()
    {
        var disk = new SimulatedDisk();
        NodeStorage node = await OpenNodeAsync(disk);
        await SnapshotAsync(node, new Story(), Snapshot(8, 1));
        await node.DisposeAsync();
        string snapshot = disk.Paths.Single(static path => path.EndsWith(".snapshot", StringComparison.Ordinal));
        var other = new SimulatedDisk();
        other.Plant(snapshot, disk.Peek(snapshot));

        StorageException refused = await Assert.ThrowsAsync<StorageException>(() => OpenNodeAsync(other));

        Assert.Equal(StorageTrouble.Damaged, refused.Trouble);
        Assert.StartsWith(
            "/data/raft/log/identity is damaged at offset 0: the file is missing, and there are snapshots of its log.",
            refused.Message, StringComparison.Ordinal);
        Assert.Equal([snapshot], other.Paths);
    }

    private static async Task<Story> TellAsync(SimulatedDisk disk)
    {
        var story = new Story();
        try
        {
            NodeStorage node = await OpenNodeAsync(disk);
            await AppendAsync(node, story, 1, 12, 1);
            await SnapshotAsync(node, story, Snapshot(8, 1));
            await node.Log.CompactToAsync(8);
            await AppendAsync(node, story, 13, 20, 1);

            await SnapshotAsync(node, story, Snapshot(50, 3));
            story.Model.Append(new LogBatch { State = new HardState(3, VoterId.None), Reset = new LogPosition(50, 3) });
            node.Log.Append(new LogBatch { State = new HardState(3, VoterId.None), Reset = new LogPosition(50, 3) });
            await AppendAsync(node, story, 51, 60, 3);
            await node.Log.CompactToAsync(50);

            await SnapshotAsync(node, story, Snapshot(58, 3));
            await node.Log.CompactToAsync(58);
            await AppendAsync(node, story, 61, 64, 3);
            await node.DisposeAsync();
        }
        catch (DiskCrashException)
        {
        }

        return story;
    }

    private static async Task AppendAsync(NodeStorage node, Story story, ulong first, ulong last, ulong term)
    {
        for (ulong index = first; index <= last; index++)
        {
            LogBatch batch = Batch(term, Entry(index, term, $"e{index}"));
            story.Model.Append(batch);
            node.Log.Append(batch);
            if (index % 2 == 0)
            {
                await node.Log.SyncAsync();
                story.Model.Acknowledge(story.Model.Appended);
            }
        }
    }

    private static async Task SnapshotAsync(NodeStorage node, Story story, SnapshotMeta meta)
    {
        story.Begun = meta.Last.Index;
        await node.Snapshots.WriteAsync(meta, output => output.Write(Content(meta.Last.Index)));
        story.Durable = meta.Last.Index;
    }

    private static byte[] Content(ulong seed)
    {
        var content = new byte[70_000];
        new Random((int)seed).NextBytes(content);
        return content;
    }

    private static byte[] Read(NodeStorage node, SnapshotFile file)
    {
        using SnapshotInput input = node.Snapshots.OpenRead(file);
        var content = new MemoryStream();
        input.CopyTo(content);
        return content.ToArray();
    }

    private static Task<NodeStorage> OpenNodeAsync(IDisk disk) =>
        NodeStorage.OpenAsync(disk, "/data/raft", Node, Cluster, Fresh, Small);

    private sealed class Story
    {
        public LogModel Model { get; } = new();

        public ulong Durable { get; set; }

        public ulong Begun { get; set; }
    }
}
