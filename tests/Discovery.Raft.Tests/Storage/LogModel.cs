using Discovery.Protocol;
using Discovery.Testing;

namespace Discovery.Storage;

/// <summary>The log as a plain list, with every state that it went through: what a store may say after a crash.</summary>
/// <remarks>
/// A batch is there as a whole or not at all, and none without those before it. So whatever is recovered is the state after some batch, and
/// not an earlier one than the last that a sync has acknowledged. Term and vote may be those of a later batch: they lie on the disk twice.
/// </remarks>
internal sealed class LogModel
{
    private readonly List<State> _history = [new State(LogPosition.Zero, [], default)];
    private int _acknowledged;

    public SnapshotMeta? Snapshot { get; set; }

    public State Now => _history[^1];

    /// <summary>What is appended from now on cannot take part in a crash that came before.</summary>
    public int Appended => _history.Count - 1;

    public void Append(LogBatch batch)
    {
        State before = Now;
        LogPosition start = batch.Reset ?? before.Start;
        ulong kept = batch.Reset is not null ? 0 : batch.TruncateAfter ?? before.Last.Index;
        LogEntry[] entries = [.. before.Entries.Where(entry => entry.Index <= kept), .. batch.Entries ?? []];
        _history.Add(new State(start, entries, batch.State ?? before.HardState));
    }

    public LogModel Copy()
    {
        var copy = new LogModel { Snapshot = Snapshot, _acknowledged = _acknowledged };
        copy._history.Clear();
        copy._history.AddRange(_history);
        return copy;
    }

    public void Acknowledge(int appended) => _acknowledged = Math.Max(_acknowledged, appended);

    /// <summary>Fails unless the store holds a state that it may hold, and makes it the only one.</summary>
    public void Judge(LogStore store)
    {
        State actual = Read(store);
        for (int i = Appended; i >= _acknowledged; i--)
        {
            State may = Followed(_history[i]);
            if (Matches(actual, may) && _history.Skip(i).Any(state => Raised(state.HardState, may) == actual.HardState))
            {
                _history.Clear();
                _history.Add(actual);
                _acknowledged = 0;
                return;
            }
        }

        throw new CheckFailedException(
            $"recovered {actual}\nacknowledged {_history[_acknowledged]}\nappended {Now}\nsnapshot {Snapshot?.Last}");
    }

    private static State Read(LogStore store)
    {
        var entries = new List<LogEntry>();
        store.Read(store.Start.Index + 1, store.Last.Index, long.MaxValue, entries);
        RecoveredLog recovered = store.Recovered;
        var actual = new State(store.Start, [.. entries], recovered.State);
        if (actual.Last != store.Last || recovered.Terms.Last != store.Last || recovered.Terms.Start != store.Start)
        {
            throw new CheckFailedException($"read {actual}, and the log ends at {store.Last}, {recovered.Terms.Last}");
        }

        foreach (LogEntry entry in entries)
        {
            if (!recovered.Terms.TryFind(entry.Index, out ulong term) || term != entry.Term)
            {
                throw new CheckFailedException($"entry {entry.Index} is of term {entry.Term}, and {term} was recovered");
            }
        }

        return actual;
    }

    // A log that does not have the entry that its snapshot ends with begins anew after it.
    private State Followed(State state)
    {
        LogPosition snapshot = Snapshot?.Last ?? LogPosition.Zero;
        return state.Has(snapshot) ? state : new State(snapshot, [], state.HardState);
    }

    // A snapshot can be of a later term than the last that was written beside the log.
    private static HardState Raised(HardState state, State may) =>
        state.Term < may.Start.Term ? new HardState(may.Start.Term, VoterId.None) : state;

    private bool Matches(State actual, State may) =>
        actual.Last == may.Last && actual.Start.Index >= may.Start.Index && actual.Start.Index <= (Snapshot?.Last.Index ?? 0)
        && may.Has(actual.Start)
        && actual.Entries.Select(Shown).SequenceEqual(may.Entries.Where(entry => entry.Index > actual.Start.Index).Select(Shown));

    private static (ulong, ulong, EntryKind, string) Shown(LogEntry entry) =>
        (entry.Index, entry.Term, entry.Kind, Convert.ToHexString(entry.Body.Span));

    internal sealed record State(LogPosition Start, LogEntry[] Entries, HardState HardState)
    {
        public LogPosition Last => Entries.Length == 0 ? Start : new LogPosition(Entries[^1].Index, Entries[^1].Term);

        public bool Has(LogPosition position) =>
            position == Start || Entries.Any(entry => entry.Index == position.Index && entry.Term == position.Term);

        public override string ToString() =>
            $"{HardState.Term} {HardState.Vote} from {Start.Index}/{Start.Term}: "
            + string.Join(' ', Entries.Select(static entry => $"{entry.Index}/{entry.Term}+{entry.Body.Length}"));
    }
}
