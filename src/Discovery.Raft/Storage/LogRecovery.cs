using System.Buffers;
using Discovery.Protocol;

namespace Discovery.Storage;

/// <summary>Reads a log as a crash has left it, and decides what of it counts. It changes nothing.</summary>
/// <remarks>
/// 1. The slots of all segments say which segment is the first and how far the log was synced at least.
/// 2. The batches are read in their order. They end where the file is zero, or where something is not as it was written.
/// 3. Whatever comes after that end is looked through for batches that prove a later place to have been synced.
/// 4. An end before a place that was synced is damage. So is an end that no power failure makes. Any other end is the end of the log:
///    nothing after it was acknowledged.
/// </remarks>
internal sealed class LogRecovery(IDisk disk, string directory, VoterId owner)
{
    private readonly LogReplay _replay = new();
    private readonly SortedDictionary<uint, SegmentHeader> _headers = [];
    private readonly List<string> _leftovers = [];
    private readonly List<string> _compacted = [];
    private LogPlace? _end;

    public LogReplay Replay => _replay;

    /// <summary>The end of the log.</summary>
    public LogPlace End => _end!.Value;

    /// <summary>Everything before it is known to be on the disk.</summary>
    public LogPlace Synced { get; private set; }

    public uint FirstSegment { get; private set; }

    /// <summary>The highest sequence number of a slot.</summary>
    public ulong SlotSequence { get; private set; }

    /// <summary>Whether there are remains after the end, so that nothing can be appended there.</summary>
    public bool IsTorn { get; private set; }

    /// <summary>Files that never were of the log.</summary>
    public IReadOnlyList<string> Leftovers => _leftovers;

    /// <summary>Files that are of the log no more, if the slots that say so are on the disk.</summary>
    public IReadOnlyList<string> Compacted => _compacted;

    public string Directory => directory;

    public string PathOf(uint number) => Path.Combine(directory, LogLayout.SegmentName(number));

    /// <summary>Reads everything.</summary>
    /// <exception cref="StorageException">The log is damaged, or of another owner, or newer.</exception>
    public void Run()
    {
        List<uint> numbers = FindSegments();
        foreach (uint number in numbers)
        {
            ReadHead(number);
        }

        foreach (uint number in numbers.Where(number => number < FirstSegment))
        {
            _compacted.Add(PathOf(number));
        }

        numbers.RemoveAll(number => number < FirstSegment);
        byte[] bytes = [];
        uint expected = Math.Max(FirstSegment, 1);
        try
        {
            foreach (uint number in numbers)
            {
                if (_end is null && number != expected)
                {
                    break;
                }

                ReadSegment(number, ref bytes);
                expected++;
            }
        }
        finally
        {
            Return(bytes);
        }

        if (_end is not { } end)
        {
            throw Damaged(expected, 0, "the file is missing, and the log goes on there");
        }

        if (end < Synced)
        {
            throw Damaged(
                end.Segment, end.Offset,
                $"the log ends here, and was on the disk up to offset {Synced.Offset} of segment {Synced.Segment}");
        }
    }

    private List<uint> FindSegments()
    {
        var numbers = new List<uint>();
        foreach (string name in disk.List(directory))
        {
            if (LogLayout.TryParseSegmentName(name, out uint number))
            {
                numbers.Add(number);
            }
            else if (name.EndsWith(LogLayout.TemporarySuffix, StringComparison.Ordinal))
            {
                _leftovers.Add(Path.Combine(directory, name));
            }
        }

        return numbers;
    }

    private void ReadHead(uint number)
    {
        using IDiskFile file = disk.Open(PathOf(number));
        Span<byte> bytes = stackalloc byte[LogLayout.SectorBytes];
        int read = file.Read(0, bytes);
        if (SegmentHeader.TryRead(bytes[..read], out SegmentHeader header, out bool isNewer))
        {
            CheckOwner(number, header, isNewer);
            _headers.Add(number, header);
        }

        for (int i = 0; i < 2; i++)
        {
            read = file.Read(StateSlot.OffsetOf(i), bytes);
            if (StateSlot.TryRead(bytes[..read], out StateSlot slot)
                && slot.Segment == number && slot.Offset == StateSlot.OffsetOf(i))
            {
                FirstSegment = Math.Max(FirstSegment, slot.FirstSegment);
                SlotSequence = Math.Max(SlotSequence, slot.Sequence);
                Prove(slot.Synced);
                if (!_replay.TryAdd(slot.State))
                {
                    throw Damaged(number, slot.Offset, $"it says that term {slot.State.Term} had another vote");
                }
            }
        }
    }

    private void CheckOwner(uint number, in SegmentHeader header, bool isNewer)
    {
        if (isNewer)
        {
            throw StorageException.Newer(PathOf(number));
        }

        if (header.Owner != owner)
        {
            throw StorageException.Foreign(
                PathOf(number), $"is of log {header.Owner}, and the directory is of {owner}", "Move the file to where it belongs.");
        }
    }

    private void ReadSegment(uint number, ref byte[] bytes)
    {
        using IDiskFile file = disk.Open(PathOf(number));
        bool isReached = _end is null;
        if (!_headers.TryGetValue(number, out SegmentHeader header) || header.Segment != number)
        {
            if (isReached)
            {
                throw Damaged(number, 0, "the head of the segment is not as it was written");
            }

            header = new SegmentHeader(owner, number, file.Length);
        }

        if (isReached && header.Length != file.Length)
        {
            throw Damaged(number, file.Length, $"the file ends here, and was {header.Length} bytes long");
        }

        int length = (int)Math.Min(file.Length, Array.MaxLength);
        if (bytes.Length < length)
        {
            Return(bytes);
            bytes = ArrayPool<byte>.Shared.Rent(length);
        }

        length = file.Read(0, bytes.AsSpan(0, length));
        if (length < LogLayout.DataOffset)
        {
            _leftovers.Add(PathOf(number));
            return;
        }

        var scan = new SegmentScan(bytes, length, number, owner.Log);
        if (isReached)
        {
            Follow(scan, bytes, number, length);
        }
        else
        {
            _leftovers.Add(PathOf(number));
            Prove(scan.Evidence());
        }
    }

    private void Follow(SegmentScan scan, byte[] bytes, uint number, int length)
    {
        _replay.Segments.Add(new LogSegment(number, PathOf(number), length));
        while (scan.MoveNext())
        {
            Prove(scan.Batch.Synced);
            if (_replay.TryAdd(scan.Batch, bytes.AsSpan((int)scan.Batch.Place.Offset, scan.Batch.Bytes)) is { } what)
            {
                throw Damaged(number, scan.Batch.Place.Offset, $"a batch does not fit: {what}");
            }
        }

        if (scan.End == ScanEnd.Damaged)
        {
            throw Damaged(number, scan.Offset, scan.Damage!);
        }

        _replay.Segments[^1].End = scan.Offset;
        if (scan.End == ScanEnd.Sealed)
        {
            _replay.Segments[^1].End += LogLayout.SectorBytes;
        }
        else
        {
            _end = scan.Place;
            IsTorn = scan.End == ScanEnd.Torn;
            Prove(scan.Evidence());
        }
    }

    private static void Return(byte[] bytes)
    {
        if (bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private void Prove(LogPlace synced) => Synced = synced > Synced ? synced : Synced;

    private StorageException Damaged(uint number, long offset, string what) => StorageException.Damaged(PathOf(number), offset, what);
}
