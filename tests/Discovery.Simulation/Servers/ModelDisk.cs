using Discovery.Protocol;

namespace Discovery.Simulation;

/// <summary>
/// A disk: what is written can be read at once, and is durable some time later, in order. A crash loses the rest, wholly or partly.
/// </summary>
internal sealed class ModelDisk(EventQueue events, Randomness random, TimeSpan delayMax)
{
    private readonly Queue<Batch> _writing = new();
    private TimeSpan _stalledUntil;
    private TimeSpan _lastDoneAt;
    private long _number;
    private int _boot;

    /// <summary>What survives a crash for sure.</summary>
    public DiskImage Durable { get; private set; } = new();

    /// <summary>What reads see.</summary>
    public DiskImage View { get; private set; } = new();

    public bool IsWriting => _writing.Count > 0;

    /// <summary>Puts a first log on an empty disk.</summary>
    public void Format(HardState state, IEnumerable<LogEntry> entries)
    {
        Durable.Apply(new DiskOperation.SetState(state));
        foreach (LogEntry entry in entries)
        {
            Durable.Apply(new DiskOperation.Append(entry));
        }

        View = Durable.Copy();
    }

    public void Write(IReadOnlyList<DiskOperation> operations, Action done)
    {
        foreach (DiskOperation operation in operations)
        {
            View.Apply(operation);
        }

        TimeSpan at = events.Now;
        if (operations.Count > 0)
        {
            at += random.Between(TimeSpan.FromTicks(delayMax.Ticks / 10), delayMax);
            at = at > _stalledUntil ? at : _stalledUntil;
        }

        _lastDoneAt = at > _lastDoneAt ? at : _lastDoneAt;
        _writing.Enqueue(new Batch(++_number, operations, done));
        FinishAt(_lastDoneAt);
    }

    /// <summary>Writes a snapshot to a file of its own.</summary>
    public void SaveSnapshot(SnapshotMeta meta, RegisterImage image, Action done)
    {
        int boot = _boot;
        TimeSpan at = events.Now + random.Between(delayMax, delayMax * 5);
        events.At(at > _stalledUntil ? at : _stalledUntil, () =>
        {
            if (boot == _boot)
            {
                Durable.SaveSnapshot(meta, image);
                View.SaveSnapshot(meta, image);
                done();
            }
        });
    }

    /// <summary>No sync returns before then.</summary>
    public void Stall(TimeSpan until) => _stalledUntil = until;

    public void EndStall()
    {
        _stalledUntil = _lastDoneAt = default;
        FinishAt(events.Now);
    }

    /// <summary>Power is lost: of what was being written an arbitrary part reaches the disk, of the log a part from the front.</summary>
    public void Crash(Coverage coverage)
    {
        _boot++;
        DiskOperation[] pending = [.. _writing.SelectMany(static batch => batch.Operations)];
        _writing.Clear();
        _stalledUntil = default;
        _lastDoneAt = default;
        DiskOperation[] states = [.. pending.Where(static operation => operation is DiskOperation.SetState)];
        DiskOperation[] log = [.. pending.Where(static operation => operation is not DiskOperation.SetState)];
        int keptStates = Kept(states.Length);
        int keptLog = Kept(log.Length);
        foreach (DiskOperation operation in states.Take(keptStates).Concat(log.Take(keptLog)))
        {
            Durable.Apply(operation);
        }

        coverage.Count("votes lost in a crash", states.Length - keptStates);
        coverage.Count("appends lost in a crash", log.Length - keptLog);
        View = Durable.Copy();
    }

    /// <summary>Reads all at the start. A log that does not lead up to the snapshot, or contradicts it, is not gone on with.</summary>
    public RecoveredLog Recover(out RegisterImage? state)
    {
        LogPosition covered = Durable.Snapshot?.Last ?? LogPosition.Zero;
        if (covered.Index < Durable.Start.Index)
        {
            throw new SimulationFailure("Disk", $"the log begins after {Durable.Start.Index}, and the snapshot ends at {covered.Index}");
        }

        if (!Durable.TryFindTerm(covered.Index, out ulong term) || term != covered.Term)
        {
            Durable.Begin(covered);
        }

        View = Durable.Copy();
        state = Durable.SnapshotState;
        var terms = new TermRuns(Durable.Start);
        var configurations = new List<ConfigurationEntry>();
        foreach (LogEntry entry in Durable.Entries)
        {
            terms.Append(entry.Index, entry.Term);
            if (entry.Kind == EntryKind.Configuration && entry.Index > covered.Index)
            {
                RaftConfiguration.TryDecode(entry.Body.Span, out RaftConfiguration configuration);
                configurations.Add(new ConfigurationEntry(entry.Index, configuration));
            }
        }

        return new RecoveredLog(Durable.State, Durable.Snapshot, terms, configurations);
    }

    /// <summary>Entries from an index on, as many as fit; none when the first is gone.</summary>
    public LogEntry[] Load(ulong first, ulong last, long bytesMax)
    {
        var loaded = new List<LogEntry>();
        long bytes = 0;
        for (ulong index = first; index <= last && View.TryFind(index, out LogEntry entry); index++)
        {
            bytes += entry.Cost;
            if (loaded.Count > 0 && bytes > bytesMax)
            {
                break;
            }

            loaded.Add(entry);
        }

        return [.. loaded];
    }

    private int Kept(int count) => random.Below(3) switch
    {
        0 => 0,
        1 => count,
        _ => random.Below(count + 1),
    };

    private void FinishAt(TimeSpan at)
    {
        int boot = _boot;
        long number = _number;
        events.At(at, () =>
        {
            while (boot == _boot && _writing.TryPeek(out Batch? batch) && batch.Number <= number)
            {
                _writing.Dequeue();
                foreach (DiskOperation operation in batch.Operations)
                {
                    Durable.Apply(operation);
                }

                batch.Done();
            }
        });
    }

    private sealed record Batch(long Number, IReadOnlyList<DiskOperation> Operations, Action Done);
}
