using System.Globalization;
using Discovery.Protocol;

namespace Discovery.Raft.Protocol;

/// <summary>One core of a script, with what is on its disk.</summary>
internal sealed class ScriptServer
{
    private readonly List<LogEntry> _entries = [];
    private readonly Queue<RaftReady> _writing = new();
    private readonly RaftCoreOptions _options;
    private LogPosition _start;
    private SnapshotMeta? _snapshot;
    private HardState _state;

    public ScriptServer(int number, string[] words, RaftConfiguration configuration, TimeSpan now)
    {
        Number = number;
        _options = new RaftCoreOptions { MessageBytesMax = int.Parse(Value(words, "bytes") ?? "1000000", CultureInfo.InvariantCulture) };
        string terms = Value(words, "terms") ?? "1";
        foreach (ulong term in terms == "none" ? [] : terms.Split(',').Select(static one => ulong.Parse(one, CultureInfo.InvariantCulture)))
        {
            bool isFirst = _entries.Count == 0;
            EntryKind kind = isFirst ? EntryKind.Configuration : EntryKind.Command;
            _entries.Add(new LogEntry((ulong)_entries.Count + 1, term, kind, isFirst ? configuration.Encode() : new byte[3]));
        }

        ulong last = _entries.Count == 0 ? 0 : _entries[^1].Term;
        ulong current = Value(words, "term") is { } given ? ulong.Parse(given, CultureInfo.InvariantCulture) : last;
        _state = new HardState(current, Value(words, "vote") is { } vote ? ScriptText.Id(vote) : VoterId.None);
        Core = Start(now);
    }

    public int Number { get; }

    public RaftCore Core { get; private set; }

    public bool IsWriting => _writing.Count > 0;

    public void Restart(TimeSpan now)
    {
        _writing.Clear();
        Core = Start(now);
    }

    public void Take(RaftReady ready, List<RaftMessage> wire, TimeSpan now)
    {
        wire.AddRange(ready.SendNow);
        if (ready.NeedsDisk)
        {
            _writing.Enqueue(ready);
        }

        if (ready.Install is { } meta)
        {
            Core.OnApplied(meta.Last.Index, now);
        }

        if (ready.Apply.Count > 0)
        {
            Core.OnApplied(ready.Apply[^1].Index, now);
        }

        foreach (LoadRequest load in ready.Loads)
        {
            long bytes = 0;
            Core.OnLoaded(load, [.. _entries.Where(entry => entry.Index >= load.First && entry.Index <= load.Last)
                .TakeWhile(entry => (bytes += entry.Cost) <= load.BytesMax || entry.Index == load.First)], now);
        }
    }

    public void Persist(TimeSpan now, List<RaftMessage> wire)
    {
        while (_writing.TryDequeue(out RaftReady? ready))
        {
            _state = ready.State ?? _state;
            if (ready.Install is { } meta)
            {
                _entries.Clear();
                (_snapshot, _start) = (meta, meta.Last);
            }

            _entries.RemoveAll(entry => entry.Index > ready.TruncateAfter);
            _entries.AddRange(ready.Entries);
            wire.AddRange(ready.SendAfterPersist);
            Core.OnPersisted(ready.Sequence, now);
        }
    }

    public LogPosition Compact(string index)
    {
        _snapshot = Core.DescribeSnapshot(ulong.Parse(index, CultureInfo.InvariantCulture));
        _start = Core.OnCompacted(_snapshot.Last.Index);
        _entries.RemoveAll(entry => entry.Index <= _start.Index);
        return _start;
    }

    public InstallSnapshot Snapshot(VoterId to)
    {
        Core.OnSnapshotSent(to, _snapshot!.Last, TimeSpan.Zero);
        return new InstallSnapshot(Core.Self, to, Core.Term, _snapshot, 0);
    }

    public string Describe() => $"{Number}: {Core.Role} term {Core.Term} leader {ScriptText.Name(Core.Leader)}, "
        + $"log {ScriptText.At(Core.Start)}..{ScriptText.At(Core.Last)} commit {Core.Commit}, {ScriptText.Of(Core.Configuration)}"
        + (Core.IsSingleCopy ? ", single copy" : "");

    private RaftCore Start(TimeSpan now)
    {
        var terms = new TermRuns(_start);
        var configurations = new List<ConfigurationEntry>();
        foreach (LogEntry entry in _entries)
        {
            terms.Append(entry.Index, entry.Term);
            if (entry.Kind == EntryKind.Configuration && RaftConfiguration.TryDecode(entry.Body.Span, out RaftConfiguration configuration))
            {
                configurations.Add(new ConfigurationEntry(entry.Index, configuration));
            }
        }

        return new RaftCore(
            ScriptText.Id(Number), new RecoveredLog(_state, _snapshot, terms, configurations), _options, (ulong)Number, now);
    }

    private static string? Value(string[] words, string name) =>
        words.FirstOrDefault(word => word.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..];
}
