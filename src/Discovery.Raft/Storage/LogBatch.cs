using Discovery.Protocol;

namespace Discovery.Storage;

/// <summary>What is written as one: after a crash it is there as a whole or not at all.</summary>
internal readonly record struct LogBatch
{
    /// <summary>Term and vote, when they changed.</summary>
    public HardState? State { get; init; }

    /// <summary>The last entry of an installed snapshot: the log begins anew after it, before the entries.</summary>
    public LogPosition? Reset { get; init; }

    /// <summary>The end of what stays of the log, when something after it must go before the entries are appended.</summary>
    public ulong? TruncateAfter { get; init; }

    /// <summary>What to append, in order.</summary>
    public IReadOnlyList<LogEntry>? Entries { get; init; }
}
