using Discovery.Protocol;

namespace Discovery.Storage;

/// <summary>Puts the log together from its batches, in the order in which they were written.</summary>
internal sealed class LogReplay
{
    private readonly List<ConfigurationEntry> _configurations = [];
    private bool _hasStarted;

    public TermRuns Terms { get; } = new(LogPosition.Zero);

    public HardState State { get; private set; }

    public List<LogSegment> Segments { get; } = [];

    public IReadOnlyList<ConfigurationEntry> Configurations => _configurations;

    /// <summary>Takes term and vote that were found somewhere; false when they contradict what was found before.</summary>
    public bool TryAdd(HardState state)
    {
        if (state.Term == State.Term && state.Vote != VoterId.None)
        {
            bool isSame = State.Vote == VoterId.None || State.Vote == state.Vote;
            State = isSame ? state : State;
            return isSame;
        }

        State = state.Term > State.Term ? state : State;
        return true;
    }

    /// <summary>Takes a whole batch; null, or what does not fit.</summary>
    public string? TryAdd(in BatchHeader batch, ReadOnlySpan<byte> bytes)
    {
        if (!TryAdd(batch.State))
        {
            return $"it says that term {batch.State.Term} had another vote";
        }

        if (!TryBegin(batch))
        {
            return $"it follows entry {batch.Before.Index} of term {batch.Before.Term}, and the log has no such entry";
        }

        LogSegment segment = Segments[^1];
        uint offset = batch.Place.Offset + LogLayout.BatchBytes;
        ReadOnlySpan<byte> rest = bytes[LogLayout.BatchBytes..];
        for (int i = 0; i < batch.Count; i++)
        {
            EntryRecord record = EntryRecord.Peek(rest);
            if (record.Index != Terms.Last.Index + 1 || record.Term < Terms.Last.Term)
            {
                return $"entry {record.Index} of term {record.Term} follows entry {Terms.Last.Index} of term {Terms.Last.Term}";
            }

            if (record.Kind == EntryKind.Configuration)
            {
                if (!RaftConfiguration.TryDecode(rest.Slice(LogLayout.EntryBytes, record.BodyBytes), out RaftConfiguration configuration))
                {
                    return $"entry {record.Index} holds a configuration that cannot be read";
                }

                _configurations.Add(new ConfigurationEntry(record.Index, configuration));
            }

            Terms.Append(record.Index, record.Term);
            segment.Add(record.Index, offset);
            offset += (uint)record.Bytes;
            rest = rest[record.Bytes..];
        }

        return null;
    }

    /// <summary>The log from a snapshot on; null when it does not lead up to the snapshot, or has another entry there.</summary>
    public RecoveredLog? TryFollow(SnapshotMeta? snapshot)
    {
        LogPosition position = snapshot?.Last ?? LogPosition.Zero;
        if (!Terms.TryFind(position.Index, out ulong term) || term != position.Term)
        {
            return null;
        }

        var terms = new TermRuns(Terms.Start);
        for (ulong index = Terms.Start.Index + 1; index <= Terms.Last.Index; index++)
        {
            bool isThere = Terms.TryFind(index, out term);
            Invariant.Check(isThere, "an entry of the log has no term");
            terms.Append(index, term);
        }

        return new RecoveredLog(State, snapshot, terms, [.. _configurations.Where(entry => entry.Index > position.Index)]);
    }

    /// <summary>Everything before a position goes.</summary>
    public void Reset(LogPosition start)
    {
        Terms.Reset(start);
        _configurations.Clear();
        TruncateAfter(0);
    }

    // The oldest segment can begin with what a later batch has cut off, below of where it began: the log begins there then.
    private bool TryBegin(in BatchHeader batch)
    {
        LogPosition before = batch.Before;
        if (!_hasStarted || batch.IsReset || before.Index < Terms.Start.Index)
        {
            _hasStarted = true;
            Reset(before);
            return true;
        }

        if (!Terms.TryFind(before.Index, out ulong term) || term != before.Term)
        {
            return false;
        }

        Terms.TruncateAfter(before.Index);
        TruncateAfter(before.Index);
        return true;
    }

    private void TruncateAfter(ulong index)
    {
        _configurations.RemoveAll(entry => entry.Index > index);
        foreach (LogSegment segment in Segments)
        {
            segment.TruncateAfter(index);
        }
    }
}
