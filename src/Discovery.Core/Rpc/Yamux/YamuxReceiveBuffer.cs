using System.Buffers;

namespace Discovery.Rpc;

/// <summary>Bytes of a stream that were received and not yet read. An empty one holds no memory.</summary>
internal struct YamuxReceiveBuffer
{
    private const int CapacityMin = 4096;
    private byte[]? _array;
    private int _start;

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_array.AsSpan(_start + Count));
        Count += bytes.Length;
    }

    /// <returns>How many bytes were taken out.</returns>
    public int Read(Span<byte> destination)
    {
        int count = Math.Min(destination.Length, Count);
        _array.AsSpan(_start, count).CopyTo(destination);
        _start += count;
        Count -= count;
        if (Count == 0)
        {
            Clear();
        }

        return count;
    }

    public void Clear()
    {
        if (_array is { } array)
        {
            _array = null;
            ArrayPool<byte>.Shared.Return(array);
        }

        (_start, Count) = (0, 0);
    }

    private void Reserve(int more)
    {
        int needed = Count + more;
        if (_array is { } array)
        {
            if (_start + needed <= array.Length)
            {
                return;
            }

            if (needed <= array.Length && _start >= Count)
            {
                array.AsSpan(_start, Count).CopyTo(array);
                _start = 0;
                return;
            }
        }

        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(Math.Max(needed, CapacityMin), 2 * Count));
        _array.AsSpan(_start, Count).CopyTo(larger);
        int count = Count;
        Clear();
        (_array, Count) = (larger, count);
    }
}
