using Discovery.Protocol;

namespace Discovery.Storage;

/// <summary>The durable log of one node: entries, term and vote.</summary>
/// <remarks>
/// <see cref="Append"/> only copies into memory and never waits for the disk. <see cref="SyncAsync"/> writes what was appended up to its
/// call and has it synced: one sync for a whole group. One caller appends, syncs and compacts; anybody may read meanwhile.
/// The guarantees are in docs/decisions/0005.
/// </remarks>
internal sealed partial class LogStore : IAsyncDisposable
{
    /// <summary>The most bytes of one batch.</summary>
    public const int BatchBytesMax = 1 << 30;

    private readonly Lock _lock = new();
    private readonly IDisk _disk;
    private readonly LogFiles _files;
    private readonly LogStoreOptions _options;
    private readonly IDisposable _held;
    private readonly List<LogSegment> _segments;
    private readonly TermRuns _terms;
    private PendingWrites _pending = new();
    private PendingWrites _flushing = new();
    private HardState _state;
    private HardState _slotState;
    private LogPlace _end;
    private LogPlace _synced;
    private LogPlace _slotSynced;
    private StorageException? _fault;

    private LogStore(
        IDisk disk, LogFiles files, LogStoreOptions options, IDisposable held, LogIdentity identity, LogReplay replay, LogPlace end)
    {
        _disk = disk;
        _files = files;
        _options = options;
        _held = held;
        _segments = replay.Segments;
        _terms = replay.Terms;
        _state = _slotState = replay.State;
        _end = _synced = _slotSynced = end;
        Identity = identity;
    }

    /// <summary>Who this log makes the node, and of which cluster it is, once that is known.</summary>
    public LogIdentity Identity { get; private set; }

    /// <summary>What was found when the log was opened. The core that is made of it owns it.</summary>
    public RecoveredLog Recovered { get; private set; } = null!;

    /// <summary>Why the store refuses work; null while it does not.</summary>
    public StorageException? Fault
    {
        get
        {
            lock (_lock)
            {
                return _fault;
            }
        }
    }

    /// <summary>The position before the first entry that is still there.</summary>
    public LogPosition Start
    {
        get
        {
            lock (_lock)
            {
                return _terms.Start;
            }
        }
    }

    /// <summary>The last entry that was appended, on the disk or not.</summary>
    public LogPosition Last
    {
        get
        {
            lock (_lock)
            {
                return _terms.Last;
            }
        }
    }

    /// <summary>The bytes of all segments.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock)
            {
                long bytes = 0;
                foreach (LogSegment segment in _segments)
                {
                    bytes += segment.Length;
                }

                return bytes;
            }
        }
    }

    /// <summary>The bytes that were appended and not yet written: what a full or stalled disk makes grow.</summary>
    public long PendingBytes
    {
        get
        {
            lock (_lock)
            {
                return _pending.Length + _flushing.Length;
            }
        }
    }

    /// <summary>Takes a batch into memory. It is there after a crash only once a later <see cref="SyncAsync"/> has completed.</summary>
    /// <exception cref="StorageException">The store has faulted.</exception>
    public void Append(in LogBatch batch)
    {
        IReadOnlyList<LogEntry> entries = batch.Entries ?? [];
        lock (_lock)
        {
            ThrowIfFaulted();
            HardState state = batch.State ?? _state;
            LogPosition before = Before(batch);
            int bytes = Measure(entries, before, state);
            int room = LogLayout.InSectors(bytes);
            if (_end.Offset + room + LogLayout.SectorBytes > _segments[^1].Length)
            {
                Roll(room);
            }

            _state = state;
            Cut(batch, before);
            Write(batch, before, entries, bytes, room);
        }
    }

    /// <summary>Stops using the directory. What was appended and not synced is gone.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Fault is null)
        {
            try
            {
                await SettleAsync();
            }
            catch (StorageException)
            {
                // The next opening finds the log as a crash would have left it.
            }
        }

        await _disk.RunAsync(DiskLane.Log, async () =>
        {
            (await TakeSpareAsync())?.Dispose();
            lock (_lock)
            {
                _fault ??= StorageException.Closed(_files.Directory);
                foreach (LogSegment segment in _segments)
                {
                    segment.Drop();
                }
            }

            _held.Dispose();
            return true;
        });
    }

    private LogPosition Before(in LogBatch batch)
    {
        if (batch.Reset is { } reset)
        {
            Invariant.Check(batch.TruncateAfter is null, "a batch that begins the log anew and cuts it");
            return reset;
        }

        ulong index = batch.TruncateAfter ?? _terms.Last.Index;
        bool isThere = _terms.TryFind(index, out ulong term);
        Invariant.Check(isThere, $"the log is to be cut after entry {index}, and reaches from {_terms.Start.Index} to {_terms.Last.Index}");
        return new LogPosition(index, term);
    }

    private static int Measure(IReadOnlyList<LogEntry> entries, LogPosition before, HardState state)
    {
        long bytes = LogLayout.BatchBytes;
        for (int i = 0; i < entries.Count; i++)
        {
            LogEntry entry = entries[i];
            Invariant.Check(entry.Index == before.Index + 1, $"entry {entry.Index} follows entry {before.Index}");
            Invariant.Check(entry.Term >= before.Term && entry.Term <= state.Term, $"an entry of term {entry.Term} in term {state.Term}");
            before = new LogPosition(entry.Index, entry.Term);
            bytes += EntryRecord.BytesOf(entry.Body.Length);
        }

        Invariant.Check(bytes <= BatchBytesMax, "a batch that is larger than it may be");
        return (int)bytes;
    }

    private void Roll(int room)
    {
        LogSegment full = _segments[^1];
        int length = Math.Max(_options.SegmentBytes, LogLayout.InSectors(LogLayout.DataOffset + room + LogLayout.SectorBytes));
        var next = new LogSegment(full.Number + 1, _files.PathOf(full.Number + 1), length);
        Span<byte> sector = _pending.Add(full, _end.Offset, LogLayout.SectorBytes, next);
        BatchHeader.Seal(_end, _synced, _terms.Last, _state, Identity.Id.Log).Write(sector);
        _segments.Add(next);
        _end = new LogPlace(next.Number, LogLayout.DataOffset);
    }

    private void Cut(in LogBatch batch, LogPosition before)
    {
        if (batch.Reset is not null)
        {
            _terms.Reset(before);
            TruncateAfter(0);
        }
        else if (before.Index < _terms.Last.Index)
        {
            _terms.TruncateAfter(before.Index);
            TruncateAfter(before.Index);
        }
    }

    private void TruncateAfter(ulong index)
    {
        foreach (LogSegment segment in _segments)
        {
            segment.TruncateAfter(index);
        }
    }

    private void Write(in LogBatch batch, LogPosition before, IReadOnlyList<LogEntry> entries, int bytes, int room)
    {
        LogSegment segment = _segments[^1];
        Span<byte> into = _pending.Add(segment, _end.Offset, room);
        int at = LogLayout.BatchBytes;
        for (int i = 0; i < entries.Count; i++)
        {
            LogEntry entry = entries[i];
            EntryRecord.Write(into[at..], new LogPlace(_end.Segment, _end.Offset + (uint)at), entry);
            segment.Add(entry.Index, _end.Offset + (uint)at);
            _terms.Append(entry.Index, entry.Term);
            at += EntryRecord.BytesOf(entry.Body.Length);
        }

        int zeros = LogLayout.ZeroSectors(into[LogLayout.SectorBytes..]);
        BatchFlags flags = batch.Reset is null ? BatchFlags.None : BatchFlags.Reset;
        new BatchHeader(_end, _synced, before, _state, entries.Count, bytes, zeros, flags, Identity.Id.Log).Write(into);
        _end = _end with { Offset = _end.Offset + (uint)room };
    }

    private void ThrowIfFaulted()
    {
        if (_fault is { } fault)
        {
            throw StorageException.Refused(fault);
        }
    }
}
