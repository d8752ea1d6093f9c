namespace Discovery.Storage;

/// <summary>What is to be written, as it will be on the disk.</summary>
internal sealed class PendingWrites
{
    // A burst does not keep its memory for good.
    private const int KeptBytesMax = 4 << 20;

    private readonly List<Chunk> _chunks = [];
    private byte[] _bytes = new byte[64 << 10];

    public int Length { get; private set; }

    public bool IsEmpty => _chunks.Count == 0;

    public List<Chunk> Chunks => _chunks;

    public ReadOnlySpan<byte> BytesOf(Chunk chunk) => _bytes.AsSpan(chunk.Start, chunk.Length);

    /// <summary>Room for what comes next in a segment; it holds zeros.</summary>
    public Span<byte> Add(LogSegment segment, uint offset, int length, LogSegment? next = null)
    {
        int needed = checked(Length + length);
        if (needed > _bytes.Length)
        {
            Array.Resize(ref _bytes, (int)Math.Min(Math.Max(needed, _bytes.Length * 2L), Array.MaxLength));
        }

        if (next is null && _chunks.Count > 0 && _chunks[^1] is { Next: null } last && last.Segment == segment
            && last.Offset + last.Length == offset)
        {
            _chunks[^1] = last with { Length = last.Length + length };
        }
        else
        {
            _chunks.Add(new Chunk(segment, offset, Length, length, next));
        }

        Span<byte> room = _bytes.AsSpan(Length, length);
        room.Clear();
        Length = needed;
        return room;
    }

    /// <summary>Takes over what another has after what is here.</summary>
    public void Append(PendingWrites other)
    {
        foreach (Chunk chunk in other._chunks)
        {
            other.BytesOf(chunk).CopyTo(Add(chunk.Segment, chunk.Offset, chunk.Length, chunk.Next));
        }
    }

    public void Clear()
    {
        _chunks.Clear();
        Length = 0;
        if (_bytes.Length > KeptBytesMax)
        {
            _bytes = new byte[KeptBytesMax];
        }
    }

    /// <summary>Bytes that go to one place.</summary>
    /// <param name="Segment">The segment.</param>
    /// <param name="Offset">Where in its file.</param>
    /// <param name="Start">Where in the memory.</param>
    /// <param name="Length">How many.</param>
    /// <param name="Next">For a seal: the segment that must be on the disk before it is written.</param>
    internal readonly record struct Chunk(LogSegment Segment, uint Offset, int Start, int Length, LogSegment? Next);
}
