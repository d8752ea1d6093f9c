using Discovery.Wire;

namespace Discovery.Catalog;

/// <summary>
/// Values that decoders meet again and again (a service's name, its tags, a check's type), so that equal rows share one object. A table of
/// fixed size where the newer value wins; usable from any thread. Nothing but the identity of equal objects depends on it.
/// </summary>
internal sealed class RepeatedValues<T>(int slots)
    where T : class
{
    private const int BytesMax = 256;
    private readonly Entry?[] _entries = new Entry?[slots];

    /// <summary>Finds the value that was decoded from equal bytes before.</summary>
    public T? Find(ReadOnlySpan<byte> encoded)
    {
        Entry? entry = Volatile.Read(ref Slot(encoded));
        return entry is not null && encoded.SequenceEqual(entry.Encoded) ? entry.Value : null;
    }

    /// <summary>Remembers a decoded value, unless it is too large to be worth it.</summary>
    public T Add(ReadOnlySpan<byte> encoded, T value)
    {
        if (encoded.Length <= BytesMax)
        {
            Volatile.Write(ref Slot(encoded), new Entry(encoded.ToArray(), value));
        }

        return value;
    }

    private ref Entry? Slot(ReadOnlySpan<byte> encoded) => ref _entries[(int)(RowHash.Compute(encoded) % (uint)_entries.Length)];

    private sealed record Entry(byte[] Encoded, T Value);
}
