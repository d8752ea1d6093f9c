using Discovery.Streams;

namespace Discovery.Snapshots;

/// <summary>A stream whose first bytes have been looked at already, and which knows its last ones.</summary>
internal sealed class PrefixedStream(ReadOnlyMemory<byte> first, Stream rest) : ReadOnlyStream
{
    private ReadOnlyMemory<byte> _first = first;

    /// <summary>The last four bytes that were read, as a number: what gzip says that it has packed.</summary>
    public uint Tail { get; private set; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count;
        if (_first.IsEmpty)
        {
            count = await rest.ReadAsync(buffer, cancellationToken);
        }
        else
        {
            count = Math.Min(buffer.Length, _first.Length);
            _first[..count].CopyTo(buffer);
            _first = _first[count..];
        }

        foreach (byte one in buffer.Span[Math.Max(0, count - sizeof(uint))..count])
        {
            Tail = (Tail >> 8) | ((uint)one << 24);
        }

        return count;
    }
}
