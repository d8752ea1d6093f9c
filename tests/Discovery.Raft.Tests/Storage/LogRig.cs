using System.Text;
using Discovery.Protocol;
using Discovery.Testing;

namespace Discovery.Storage;

/// <summary>A small log on a simulated disk, and how to open, fill and read it.</summary>
internal static class LogRig
{
    public const string Directory = "/data/raft/log";

    public static readonly Guid Node = new("00000000-0000-0000-0000-00000000000a");
    public static readonly Guid Cluster = new("00000000-0000-0000-0000-0000000000c1");
    public static readonly Guid Fresh = new("00000000-0000-0000-0000-0000000000f1");
    public static readonly VoterId Self = new(Node, Fresh);
    public static readonly VoterId Other = new(new Guid("00000000-0000-0000-0000-00000000000b"), Fresh);

    /// <summary>Segments that a handful of batches fills.</summary>
    public static readonly LogStoreOptions Small = new() { SegmentBytes = LogLayout.DataOffset + (8 * LogLayout.SectorBytes) };

    public static string PathOf(uint segment) => Path.Combine(Directory, LogLayout.SegmentName(segment));

    public static Task<LogStore> OpenAsync(IDisk disk, SnapshotMeta? snapshot = null, LogStoreOptions? options = null) =>
        LogStore.OpenAsync(disk, Directory, Node, Cluster, Fresh, snapshot, options ?? Small);

    public static LogEntry Entry(ulong index, ulong term, string body = "") =>
        new(index, term, EntryKind.Command, Encoding.UTF8.GetBytes(body));

    public static LogBatch Batch(ulong term, params LogEntry[] entries) => new() { State = new HardState(term, Self), Entries = entries };

    public static async Task WriteAsync(this LogStore store, params LogBatch[] batches)
    {
        foreach (LogBatch batch in batches)
        {
            store.Append(batch);
        }

        await store.SyncAsync();
    }

    /// <summary>All entries, as "index/term body".</summary>
    public static string[] ReadAll(this LogStore store)
    {
        var entries = new List<LogEntry>();
        store.Read(store.Start.Index + 1, store.Last.Index, long.MaxValue, entries);
        return [.. entries.Select(static entry => $"{entry.Index}/{entry.Term} {Encoding.UTF8.GetString(entry.Body.Span)}".TrimEnd())];
    }

    public static SnapshotMeta Snapshot(ulong index, ulong term) =>
        new(new LogPosition(index, term), new ConfigurationEntry(0, RaftConfiguration.Empty));
}
