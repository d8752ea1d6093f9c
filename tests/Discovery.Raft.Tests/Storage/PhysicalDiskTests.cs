using Discovery.Protocol;
using static Discovery.Storage.LogRig;

namespace Discovery.Storage;

/// <summary>The same log on the disk of this machine, with real threads.</summary>
public sealed class PhysicalDiskTests : IDisposable
{
    private readonly string _directory = System.IO.Directory.CreateTempSubdirectory("discovery-log-").FullName;
    private readonly PhysicalDisk _disk = new();

    public void Dispose()
    {
        _disk.Dispose();
        System.IO.Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Log_WrittenReopenedAndCompacted_HasWhatWasAcknowledged()
    {
        NodeStorage node = await OpenNodeAsync();
        for (ulong i = 1; i <= 100; i++)
        {
            await node.Log.WriteAsync(Batch(1, Entry(i, 1, $"e{i}")));
        }

        string[] written = node.Log.ReadAll();
        Assert.Equal(100, written.Length);
        await node.Snapshots.WriteAsync(Snapshot(50, 1), static output => output.Write(new byte[200_000]));
        await node.Log.CompactToAsync(50);
        await node.DisposeAsync();

        await using NodeStorage again = await OpenNodeAsync();

        Assert.Equal(written[(int)again.Log.Start.Index..], again.Log.ReadAll());
        Assert.InRange(again.Log.Start.Index, 40UL, 50UL);
        Assert.Equal(new LogPosition(50, 1), again.Base!.Meta.Last);
        Assert.Equal(new HardState(1, Self), again.Log.Recovered.State);
        Assert.Equal(again.Log.Bytes, new DirectoryInfo(Path.Combine(_directory, "log")).EnumerateFiles("*.log").Sum(file => file.Length));
    }

    [Fact]
    public async Task Read_WhileOthersAppendAndCompact_SeesOnlyWholeEntries()
    {
        await using NodeStorage node = await OpenNodeAsync();
        LogStore log = node.Log;
        await log.WriteAsync(Batch(1, Entry(1, 1, "e1")));
        using var stop = new CancellationTokenSource();
        Task<long>[] readers = [.. Enumerable.Range(0, 2).Select(_ => Task.Factory.StartNew(
            () => ReadOn(log, stop.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
        for (ulong i = 2; i <= 400; i += 2)
        {
            await log.WriteAsync(Batch(1, Entry(i, 1, $"e{i}"), Entry(i + 1, 1, $"e{i + 1}")));
            if (i % 50 == 0)
            {
                await log.CompactToAsync(i - 20);
            }
        }

        await stop.CancelAsync();
        Assert.All(await Task.WhenAll(readers), static read => Assert.InRange(read, 1, long.MaxValue));
    }

    [Fact]
    public async Task Open_WhileItIsOpen_IsRefused()
    {
        await using NodeStorage node = await OpenNodeAsync();
        using var other = new PhysicalDisk();

        StorageException refused = await Assert.ThrowsAsync<StorageException>(
            () => LogStore.OpenAsync(other, Path.Combine(_directory, "log"), Node, Cluster, Fresh, null, Small));

        Assert.Equal(StorageTrouble.InUse, refused.Trouble);
    }

    [Fact]
    public async Task Await_OfASync_DoesNotGoOnOnTheDisksThread()
    {
        await using NodeStorage node = await OpenNodeAsync();
        await node.Log.WriteAsync(Batch(1, Entry(1, 1)));
        Assert.Null(Thread.CurrentThread.Name is { } name && name.StartsWith("Discovery disk", StringComparison.Ordinal) ? name : null);
    }

    private static long ReadOn(LogStore log, CancellationToken stop)
    {
        long read = 0;
        var entries = new List<LogEntry>();
        while (!stop.IsCancellationRequested || read == 0)
        {
            entries.Clear();
            ulong first = log.Start.Index + 1;
            log.Read(first, ulong.MaxValue, 1 << 20, entries);
            for (int i = 0; i < entries.Count; i++)
            {
                Assert.Equal(first + (ulong)i, entries[i].Index);
                Assert.Equal($"e{entries[i].Index}", System.Text.Encoding.UTF8.GetString(entries[i].Body.Span));
            }

            read += entries.Count;
        }

        return read;
    }

    private Task<NodeStorage> OpenNodeAsync() => NodeStorage.OpenAsync(_disk, _directory, Node, Cluster, Fresh, Small);
}
