using System.Diagnostics;
using System.Globalization;
using Discovery.Protocol;
using Discovery.Storage;

namespace Discovery.Benchmarks.Log;

/// <summary>What the log costs: groups with the disk's sync, groups without it, and what is allocated, on a real disk.</summary>
internal static class LogMeasurement
{
    private const int BodyBytes = 64;
    private const int Rounds = 5;

    public static async Task RunAsync(TextWriter output, string directory)
    {
        output.WriteLine("entries of 64 bytes; the median of 5 rounds");
        output.WriteLine($"{"group",8} {"sync",6} {"groups/s",12} {"entries/s",12} {"us/group",10} {"bytes/group",12} {"bytes/entry",12}");
        foreach (bool isSynced in (bool[])[true, false])
        {
            foreach (int group in (int[])[1, 64, 256, 1024])
            {
                await MeasureAsync(output, directory, group, isSynced);
            }
        }
    }

    private static async Task MeasureAsync(TextWriter output, string directory, int group, bool isSynced)
    {
        string path = Path.Combine(directory, Guid.NewGuid().ToString("N"));
        using var physical = new PhysicalDisk();
        IDisk disk = isSynced ? physical : new UnsyncedDisk(physical);
        try
        {
            await using LogStore store = await LogStore.OpenAsync(disk, path, Guid.NewGuid(), Guid.Empty, Guid.NewGuid(), null);
            store.Append(new LogBatch { State = new HardState(1, VoterId.None) });
            int groups = isSynced ? 400 : Math.Max(200, 400_000 / group);
            await WriteAsync(store, group, groups);
            var seconds = new List<double>();
            var allocated = new List<long>();
            for (int round = 0; round < Rounds; round++)
            {
                long before = GC.GetTotalAllocatedBytes(precise: true);
                long start = Stopwatch.GetTimestamp();
                await WriteAsync(store, group, groups);
                seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
                allocated.Add(GC.GetTotalAllocatedBytes(precise: true) - before);
                await store.CompactToAsync(store.Last.Index);
            }

            double median = seconds.Order().ElementAt(Rounds / 2) / groups;
            double bytes = (double)allocated.Order().ElementAt(Rounds / 2) / groups;
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{group,8} {(isSynced ? "yes" : "no"),6} {1 / median,12:N0} {group / median,12:N0} {median * 1e6,10:N1} {bytes,12:N1} "
                + $"{bytes / group,12:N2}"));
        }
        finally
        {
            Directory.Delete(path, recursive: true);
        }
    }

    private static async Task WriteAsync(LogStore store, int group, int groups)
    {
        var entries = new LogEntry[group];
        byte[] body = new byte[BodyBytes];
        Random.Shared.NextBytes(body);
        for (int i = 0; i < groups; i++)
        {
            ulong last = store.Last.Index;
            for (int j = 0; j < group; j++)
            {
                entries[j] = new LogEntry(last + (ulong)j + 1, 1, EntryKind.Command, body);
            }

            store.Append(new LogBatch { Entries = entries });
            await store.SyncAsync();
        }
    }
}
