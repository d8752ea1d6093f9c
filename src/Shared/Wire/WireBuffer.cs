using System.Buffers;

namespace Discovery.Wire;

/// <summary>A growing byte buffer that is written, read and cleared many times without allocating.</summary>
/// <remarks>
/// Arrays come from the shared pool and go back in <see cref="Dispose"/>. Spans and memories handed out are valid until the next growth,
/// <see cref="Reset"/> or <see cref="Dispose"/>. Not safe for concurrent use. A disposed buffer is empty and may be used again.
/// </remarks>
internal sealed class WireBuffer : IBufferWriter<byte>, IDisposable
{
    private const int CapacityMin = 256;
    private byte[] _array = [];
    private int _written;

    /// <summary>Makes an empty buffer.</summary>
    /// <param name="capacity">Bytes to rent at once; 0 rents at the first write.</param>
    /// <param name="bytesMax">Bytes that the buffer may hold; more throws <see cref="WireLimitException"/>.</param>
    public WireBuffer(int capacity = 0, int bytesMax = int.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(capacity);
        ArgumentOutOfRangeException.ThrowIfNegative(bytesMax);
        BytesMax = Math.Min(bytesMax, Array.MaxLength);
        if (capacity > 0)
        {
            _array = ArrayPool<byte>.Shared.Rent(Math.Min(capacity, BytesMax));
        }
    }

    /// <summary>Bytes that the buffer may hold.</summary>
    public int BytesMax { get; }

    /// <summary>Bytes written since the last <see cref="Clear"/>.</summary>
    public int WrittenCount => _written;

    /// <summary>Bytes that fit before the buffer must grow.</summary>
    public int FreeCapacity => Usable - _written;

    /// <summary>What was written.</summary>
    public ReadOnlySpan<byte> WrittenSpan => _array.AsSpan(0, _written);

    /// <summary>What was written.</summary>
    public ReadOnlyMemory<byte> WrittenMemory => _array.AsMemory(0, _written);

    private int Usable => Math.Min(_array.Length, BytesMax);

    /// <summary>Forgets what was written and keeps the array.</summary>
    public void Clear() => _written = 0;

    /// <summary>Cuts the buffer back to an earlier length, which undoes a message that was given up half way.</summary>
    /// <param name="length">A value that <see cref="WrittenCount"/> had.</param>
    public void Truncate(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, (uint)_written, nameof(length));
        _written = length;
    }

    /// <summary>Forgets what was written, and gives the array back when it is larger than a caller wants to keep.</summary>
    /// <param name="capacityMax">The largest array to keep.</param>
    public void Reset(int capacityMax)
    {
        _written = 0;
        if (_array.Length > capacityMax)
        {
            Dispose();
        }
    }

    /// <summary>The writable view of bytes that were already written, for patching a length or a checksum in afterwards.</summary>
    public Span<byte> GetWritten(int start, int length) => _array.AsSpan(0, _written).Slice(start, length);

    /// <inheritdoc/>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)FreeCapacity, nameof(count));
        _written += count;
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _array.AsMemory(_written, FreeCapacity);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _array.AsSpan(_written, FreeCapacity);
    }

    /// <summary>Appends bytes.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return;
        }

        Reserve(bytes.Length);
        bytes.CopyTo(_array.AsSpan(_written));
        _written += bytes.Length;
    }

    /// <summary>Gives the array back to the pool; the buffer is then empty.</summary>
    public void Dispose()
    {
        byte[] array = _array;
        _array = [];
        _written = 0;
        if (array.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(array);
        }
    }

    private void Reserve(int sizeHint)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sizeHint);
        int needed = Math.Max(sizeHint, 1);
        if (needed > FreeCapacity)
        {
            Grow(needed);
        }
    }

    private void Grow(int needed)
    {
        if (needed > BytesMax - _written)
        {
            throw new WireLimitException(BytesMax);
        }

        long doubled = Math.Max(CapacityMin, 2L * _array.Length);
        int capacity = (int)Math.Min(Math.Max(doubled, (long)_written + needed), BytesMax);
        byte[] larger = ArrayPool<byte>.Shared.Rent(capacity);
        _array.AsSpan(0, _written).CopyTo(larger);
        byte[] old = _array;
        _array = larger;
        if (old.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(old);
        }
    }
}
