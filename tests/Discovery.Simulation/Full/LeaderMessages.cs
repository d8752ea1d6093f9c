using Discovery.Protocol;

namespace Discovery.Simulation;

/// <summary>
/// What leaders send: one leader in a term, the same entry at the same index and term whoever sends it, and cluster time that never
/// goes back.
/// </summary>
internal sealed class LeaderMessages(FullWorld world)
{
    private readonly Dictionary<ulong, VoterId> _leaders = [];
    private readonly Dictionary<LogPosition, (ulong TermBefore, ulong Content)> _entries = [];
    private readonly Dictionary<LogPosition, TimeSpan> _times = [];

    public void OnSend(FullNode from, RaftMessage message)
    {
        if (message is AppendRequest or Heartbeat or TimeoutNow)
        {
            if (_leaders.TryAdd(message.Term, message.From))
            {
                world.Coverage.Count("elections won");
                world.Trace.Line($"{from.Name} leads in term {message.Term}");
            }
            else if (_leaders[message.Term] != message.From)
            {
                world.Fail(nameof(ElectionSafety), $"{from.Name} leads in term {message.Term}, and so does {_leaders[message.Term]}");
            }
        }

        if (message is AppendRequest append)
        {
            LogPosition before = append.Previous;
            foreach (LogEntry entry in append.Entries)
            {
                Check(from, before, entry);
                before = new LogPosition(entry.Index, entry.Term);
            }
        }
    }

    /// <summary>Looks at entries that are on a disk.</summary>
    public void Check(FullNode node, LogPosition before, in LogEntry entry)
    {
        var position = new LogPosition(entry.Index, entry.Term);
        (ulong TermBefore, ulong Content) known = (before.Term, LogMatching.Content(entry));
        if (!_entries.TryAdd(position, known) && _entries[position] != known)
        {
            world.Fail(nameof(LogMatching), $"entry {Describe.At(position)} is another on {node.Name}");
        }

        CheckTime(position, before, entry);
    }

    private void CheckTime(LogPosition position, LogPosition before, in LogEntry entry)
    {
        TimeSpan last = _times.GetValueOrDefault(before);
        bool isStamped = entry.Kind == EntryKind.Command;
        TimeSpan time = isStamped && CommandEnvelope.TryRead(entry.Body, out CommandEnvelope envelope) ? envelope.ClusterTime : last;
        if (time < last)
        {
            world.Fail("ClusterTime", $"entry {Describe.At(position)} is of {time}, and the one before of {last}");
        }

        _times.TryAdd(position, time);
    }
}
