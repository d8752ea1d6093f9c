using Discovery.Protocol;
using Discovery.Storage;

namespace Discovery.Driver;

/// <summary>Begins a cluster: every one of its first servers writes the same first entry, which says who they are.</summary>
/// <remarks>
/// The entry is (1, 1) on all of them, so their logs agree on it as if a leader of term 1 had sent it. It is committed with the first entry
/// of the first leader.
/// </remarks>
internal static class Bootstrap
{
    private static readonly LogPosition First = new(1, 1);

    /// <summary>Whether nothing was ever written to the log.</summary>
    public static bool IsFresh(RecoveredLog log) => log.Snapshot is null && log.Terms.Last == LogPosition.Zero && log.State == default;

    /// <summary>Writes the first entry; it is on the disk when this ends.</summary>
    public static async Task<RecoveredLog> RunAsync(LogStore log, IEnumerable<RaftMember> members)
    {
        Invariant.Check(IsFresh(log.Recovered), "a cluster begins on a log that is in use");
        RaftConfiguration configuration = RaftConfiguration.Of(members);
        var state = new HardState(First.Term, VoterId.None);
        var entry = new LogEntry(First.Index, First.Term, EntryKind.Configuration, configuration.Encode());
        log.Append(new LogBatch { State = state, Entries = [entry] });
        await log.SyncAsync();
        var terms = new TermRuns(LogPosition.Zero);
        terms.Append(First.Index, First.Term);
        return new RecoveredLog(state, null, terms, [new ConfigurationEntry(First.Index, configuration)]);
    }
}
