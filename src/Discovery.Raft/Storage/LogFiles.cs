using Discovery.Protocol;

namespace Discovery.Storage;

/// <summary>Makes, mends and deletes the files of a log. Everything here runs on the lane that it is called from.</summary>
internal sealed class LogFiles(IDisk disk, string directory, VoterId owner)
{
    private ulong _slotSequence;

    public string Directory => directory;

    public string PathOf(uint number) => Path.Combine(directory, LogLayout.SegmentName(number));

    /// <summary>Returns when a segment of this length is on the disk under its name.</summary>
    public async Task<IDiskFile> CreateAsync(uint number, int length)
    {
        string path = PathOf(number);
        string temporary = path + LogLayout.TemporarySuffix;
        IDiskFile file = disk.Create(temporary);
        try
        {
            file.Allocate(length);
            var header = new byte[LogLayout.SectorBytes];
            new SegmentHeader(owner, number, length).Write(header);
            file.Write(0, header);
            await file.SyncAsync();
            disk.Move(temporary, path);
            await SyncNamesAsync();
            return file;
        }
        catch (Exception e) when (StorageException.IsOfTheDisk(e) || e is StorageException)
        {
            file.Dispose();
            DeleteTemporary(temporary);
            throw;
        }
    }

    /// <summary>Writes the next slot into a segment, without a sync.</summary>
    public void WriteSlot(LogSegment segment, uint firstSegment, LogPlace synced, HardState state)
    {
        Span<byte> sector = stackalloc byte[LogLayout.SectorBytes];
        sector.Clear();
        var slot = new StateSlot(++_slotSequence, segment.Number, firstSegment, synced, state);
        slot.Write(sector);
        segment.File!.Write(slot.Offset, sector);
    }

    /// <summary>Makes the log that was found into one that can be appended to; the end of it.</summary>
    /// <remarks>
    /// After a failed sync the system's memory can hold what the disk does not, and say that it is safe. So what is not known to be on
    /// the disk is written once more, as it was read, before the sync that counts; slots too, before what they drop is deleted. Remains
    /// after the end are not touched: a seal is put before them, and the log goes on in a segment that has none.
    /// </remarks>
    public async Task<LogPlace> MendAsync(LogRecovery found)
    {
        _slotSequence = found.SlotSequence;
        List<LogSegment> segments = found.Replay.Segments;
        foreach (LogSegment segment in segments)
        {
            segment.File = disk.Open(segment.Path);
        }

        await DeleteAsync(found.Leftovers);
        LogPlace end = found.End;
        if (found.IsTorn)
        {
            LogSegment last = segments[^1];
            var next = new LogSegment(last.Number + 1, PathOf(last.Number + 1), last.Length);
            next.File = await CreateAsync(next.Number, next.Length);
            WriteSeal(last, end, found);
            segments.Add(next);
            end = new LogPlace(next.Number, LogLayout.DataOffset);
        }

        foreach (LogSegment segment in segments.Where(segment => segment.Number >= found.Synced.Segment))
        {
            Rewrite(segment, segment.Number == found.Synced.Segment ? found.Synced.Offset : LogLayout.DataOffset);
            await SyncAsync(segment);
        }

        for (int i = found.Compacted.Count > 0 ? 0 : 1; i < 2; i++)
        {
            WriteSlot(segments[^1], segments[0].Number, end, found.Replay.State);
            await SyncAsync(segments[^1]);
        }

        await DeleteAsync(found.Compacted);
        return end;
    }

    public async Task DeleteAsync(IReadOnlyList<string> paths)
    {
        foreach (string path in paths)
        {
            disk.Delete(path);
        }

        if (paths.Count > 0)
        {
            await SyncNamesAsync();
        }
    }

    public static async ValueTask SyncAsync(LogSegment segment)
    {
        try
        {
            await segment.File!.SyncAsync();
        }
        catch (Exception e) when (StorageException.IsOfTheDisk(e))
        {
            throw StorageException.SyncFailed(segment.Path, e);
        }
    }

    private async ValueTask SyncNamesAsync()
    {
        try
        {
            await disk.SyncDirectoryAsync(directory);
        }
        catch (Exception e) when (StorageException.IsOfTheDisk(e))
        {
            throw StorageException.SyncFailed(directory, e);
        }
    }

    private static void Rewrite(LogSegment segment, long from)
    {
        const int StepBytes = 1 << 20;
        var bytes = new byte[Math.Min(StepBytes, Math.Max(0, segment.End - from))];
        for (; from < segment.End; from += bytes.Length)
        {
            Span<byte> step = bytes.AsSpan(0, (int)Math.Min(bytes.Length, segment.End - from));
            segment.File!.Read(from, step);
            segment.File.Write(from, step);
        }
    }

    private void WriteSeal(LogSegment segment, LogPlace end, LogRecovery found)
    {
        Span<byte> sector = stackalloc byte[LogLayout.SectorBytes];
        sector.Clear();
        BatchHeader.Seal(end, found.Synced, found.Replay.Terms.Last, found.Replay.State, owner.Log).Write(sector);
        segment.File!.Write(end.Offset, sector);
    }

    // A half-made file takes room that the log may need; what cannot be deleted now is deleted when the log is opened.
    private void DeleteTemporary(string path)
    {
        try
        {
            disk.Delete(path);
        }
        catch (Exception e) when (StorageException.IsOfTheDisk(e))
        {
        }
    }
}
