using Discovery.Protocol;

namespace Discovery.Storage;

internal sealed partial class LogStore
{
    private readonly List<LogSegment> _touched = [];
    private Task<IDiskFile>? _spare;
    private uint _spareNumber;

    /// <summary>Writes what was appended before this call and completes once the disk has it, term and vote included.</summary>
    /// <returns>The last entry that is on the disk.</returns>
    /// <exception cref="StorageException">
    /// <see cref="StorageTrouble.Full"/>: nothing is lost, a later call writes it all. Anything else: the store has faulted, and nobody
    /// knows what of the group is on the disk.
    /// </exception>
    public Task<LogPosition> SyncAsync() => _disk.RunAsync(DiskLane.Log, () => GuardAsync(FlushAsync));

    /// <summary>The same, for a caller that may go on in the disk's own lane, since nothing that it does there waits for anybody.</summary>
    public Task<LogPosition> SyncThroughAsync() => _disk.RunThroughAsync(DiskLane.Log, () => GuardAsync(FlushAsync));

    /// <summary>Has something done where the log is written, so that a sync which follows need not go there; false when the disk is
    /// closed.</summary>
    public bool TryPost(Action work) => _disk.TryPost(DiskLane.Log, work);

    /// <summary>Puts on the disk how far the log is synced, when that is not there yet. For when nothing else is to be done.</summary>
    /// <remarks>Until then, or until the next group, damage of the last group can be taken for the remains of a power failure.</remarks>
    public Task SettleAsync() => _disk.RunAsync(DiskLane.Log, () => GuardAsync(async () =>
    {
        if (_slotSynced < _synced)
        {
            await WriteSlotAsync(FirstSegment());
        }

        return true;
    }));

    /// <summary>Deletes the segments that hold nothing after an index. What is kept may begin earlier.</summary>
    /// <remarks>The first segment that is kept is on the disk, in both slots, before the first file is deleted.</remarks>
    public Task CompactToAsync(ulong index) => _disk.RunAsync(DiskLane.Log, () => GuardAsync(async () =>
    {
        LogSegment[] dropped;
        lock (_lock)
        {
            dropped =
            [
                .. _segments.TakeWhile(
                    segment => segment.Number < _synced.Segment && (segment.Count == 0 || segment.Last <= index)),
            ];
        }

        if (dropped.Length > 0)
        {
            await WriteSlotAsync(dropped[^1].Number + 1);
            await WriteSlotAsync(dropped[^1].Number + 1);
            lock (_lock)
            {
                Drop(dropped);
            }

            await _files.DeleteAsync([.. dropped.Select(static segment => segment.Path)]);
        }

        return true;
    }));

    /// <summary>Puts on the disk to which cluster the log belongs.</summary>
    public Task SetClusterAsync(Guid cluster) => _disk.RunAsync(DiskLane.Log, () => GuardAsync(async () =>
    {
        Invariant.Check(Identity.Cluster == Guid.Empty || Identity.Cluster == cluster, "the log belongs to another cluster");
        return Identity.Cluster == cluster || await WriteAsync(Identity with { Cluster = cluster });
    }));

    /// <summary>Puts on the disk that the log goes on in another cluster. From then on there is no way back.</summary>
    public Task MarkRecoveryAsync(Guid cluster, RecoveryMark mark) => _disk.RunAsync(
        DiskLane.Log, () => GuardAsync(() => WriteAsync(Identity with { Cluster = cluster, Recovery = mark })));

    private async Task<bool> WriteAsync(LogIdentity identity)
    {
        await identity.WriteAsync(_disk, _files.Directory);
        Identity = identity;
        return true;
    }

    private void Drop(LogSegment[] dropped)
    {
        _segments.RemoveRange(0, dropped.Length);
        foreach (LogSegment segment in dropped)
        {
            segment.Drop();
        }

        LogSegment? first = _segments.Find(segment => segment.Count > 0);
        ulong start = first is null ? _terms.Last.Index : first.First - 1;
        if (start > _terms.Start.Index)
        {
            _terms.CompactTo(start);
        }
    }

    private async Task<LogPosition> FlushAsync()
    {
        LogPlace end;
        LogPosition last;
        HardState state;
        lock (_lock)
        {
            TakePending();
            (end, last, state) = (_end, _terms.Last, _state);
        }

        _touched.Clear();
        foreach (PendingWrites.Chunk chunk in _flushing.Chunks)
        {
            if (chunk.Next is { File: null } next)
            {
                await MakeAsync(next);
            }

            chunk.Segment.File!.Write(chunk.Offset, _flushing.BytesOf(chunk));
            Touch(chunk.Segment);
        }

        if (state != _slotState)
        {
            Touch(WriteSlot(FirstSegment(), state));
        }

        foreach (LogSegment segment in _touched)
        {
            await LogFiles.SyncAsync(segment);
        }

        lock (_lock)
        {
            _flushing.Clear();
            _synced = end;
        }

        MakeSpare();
        return last;
    }

    private void TakePending()
    {
        if (_flushing.IsEmpty)
        {
            (_pending, _flushing) = (_flushing, _pending);
        }
        else
        {
            _flushing.Append(_pending);
            _pending.Clear();
        }
    }

    private void Touch(LogSegment segment)
    {
        if (!_touched.Contains(segment))
        {
            _touched.Add(segment);
        }
    }

    private async Task WriteSlotAsync(uint firstSegment)
    {
        LogPlace synced = _synced;
        await LogFiles.SyncAsync(WriteSlot(firstSegment, _slotState));
        _slotSynced = synced;
    }

    private LogSegment WriteSlot(uint firstSegment, HardState state)
    {
        LogSegment segment;
        lock (_lock)
        {
            segment = _segments.FindLast(static segment => segment.File is not null)!;
        }

        _files.WriteSlot(segment, firstSegment, _synced, state);
        _slotState = state;
        return segment;
    }

    private uint FirstSegment()
    {
        lock (_lock)
        {
            return _segments[0].Number;
        }
    }

    private async Task MakeAsync(LogSegment segment)
    {
        IDiskFile? file = await TakeSpareAsync();
        if (file is not null && (_spareNumber != segment.Number || segment.Length != _options.SegmentBytes))
        {
            file.Dispose();
            file = null;
        }

        file ??= await _files.CreateAsync(segment.Number, segment.Length);
        lock (_lock)
        {
            segment.File = file;
        }
    }

    /// <summary>Has the next segment made while there is still room in this one.</summary>
    private void MakeSpare()
    {
        LogSegment last;
        lock (_lock)
        {
            last = _segments[^1];
        }

        if (_spare is null && last.Number == _synced.Segment && _synced.Offset > last.Length / 2)
        {
            uint number = _spareNumber = last.Number + 1;
            _spare = _disk.RunAsync(DiskLane.Ahead, () => _files.CreateAsync(number, _options.SegmentBytes));
        }
    }

    /// <summary>The file that was made ahead. When it could not be made, that is told once it is needed and cannot be made then.</summary>
    private async Task<IDiskFile?> TakeSpareAsync()
    {
        if (_spare is not { } spare)
        {
            return null;
        }

        _spare = null;
        try
        {
            return await spare;
        }
        catch (Exception e) when (StorageException.IsOfTheDisk(e) || e is StorageException)
        {
            return null;
        }
    }

    /// <summary>Runs work on the disk. A full disk is told and changes nothing; any other failure is for good.</summary>
    private async Task<T> GuardAsync<T>(Func<Task<T>> work)
    {
        lock (_lock)
        {
            ThrowIfFaulted();
        }

        try
        {
            return await work();
        }
        catch (Exception e)
        {
            StorageException trouble = StorageException.Of(_files.Directory, e);
            if (trouble.Trouble != StorageTrouble.Full)
            {
                lock (_lock)
                {
                    _fault ??= trouble;
                }
            }

            if (StorageException.IsOfTheDisk(e))
            {
                throw trouble;
            }

            throw;
        }
    }
}
