using Discovery.Protocol;

namespace Discovery.Simulation;

/// <summary>What is on a disk.</summary>
internal sealed class DiskImage
{
    private readonly List<LogEntry> _entries = [];

    public HardState State { get; private set; }

    public SnapshotMeta? Snapshot { get; private set; }

    public RegisterImage? SnapshotState { get; private set; }

    /// <summary>The entry before the first.</summary>
    public LogPosition Start { get; private set; }

    public LogPosition Last => _entries.Count == 0 ? Start : new LogPosition(_entries[^1].Index, _entries[^1].Term);

    public IReadOnlyList<LogEntry> Entries => _entries;

    public void SaveSnapshot(SnapshotMeta meta, RegisterImage image)
    {
        if (Snapshot is null || meta.Last.Index > Snapshot.Last.Index)
        {
            Snapshot = meta;
            SnapshotState = image;
        }
    }

    public void Apply(DiskOperation operation)
    {
        switch (operation)
        {
            case DiskOperation.SetState set:
                State = set.State;
                break;
            case DiskOperation.Append append:
                if (append.Entry.Index != Last.Index + 1)
                {
                    throw new SimulationFailure("Disk", $"entry {append.Entry.Index} is appended to a log that ends at {Last.Index}");
                }

                _entries.Add(append.Entry);
                break;
            case DiskOperation.Truncate truncate:
                if (truncate.After < Start.Index || truncate.After > Last.Index)
                {
                    throw new SimulationFailure("Disk", $"a log of {Start.Index}..{Last.Index} is to end at {truncate.After}");
                }

                _entries.RemoveRange((int)(truncate.After - Start.Index), (int)(Last.Index - truncate.After));
                break;
            case DiskOperation.Install install:
                SaveSnapshot(install.Meta, install.Image);
                Begin(install.Meta.Last);
                break;
            case DiskOperation.Compact compact when compact.To > Start.Index && compact.To <= Last.Index:
                TryFind(compact.To, out LogEntry last);
                _entries.RemoveRange(0, (int)(compact.To - Start.Index));
                Start = new LogPosition(last.Index, last.Term);
                break;
        }
    }

    /// <summary>An empty log after a snapshot.</summary>
    public void Begin(LogPosition start)
    {
        _entries.Clear();
        Start = start;
    }

    public bool TryFind(ulong index, out LogEntry entry)
    {
        bool isHere = index > Start.Index && index <= Last.Index;
        entry = isHere ? _entries[(int)(index - Start.Index - 1)] : default;
        return isHere;
    }

    public bool TryFindTerm(ulong index, out ulong term)
    {
        term = Start.Term;
        if (index == Start.Index)
        {
            return true;
        }

        bool isHere = TryFind(index, out LogEntry entry);
        term = entry.Term;
        return isHere;
    }

    /// <summary>Whether an entry is here, in the log or in the snapshot in its place.</summary>
    public bool Holds(LogPosition position) =>
        Snapshot?.Last.Index >= position.Index || Start.Index >= position.Index
        || (TryFindTerm(position.Index, out ulong term) && term == position.Term);

    public DiskImage Copy()
    {
        var copy = new DiskImage { State = State, Snapshot = Snapshot, SnapshotState = SnapshotState, Start = Start };
        copy._entries.AddRange(_entries);
        return copy;
    }
}
