using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Discovery;

/// <summary>A key: any bytes, usually the UTF-8 of a path such as "app/color". Ordered by its bytes.</summary>
/// <remarks>Texts and byte arrays convert to it by themselves; an array is not copied and must not be changed afterwards.</remarks>
public readonly struct KeyValueKey : IEquatable<KeyValueKey>, IComparable<KeyValueKey>
{
    private readonly byte[]? _bytes;

    /// <summary>The key of these bytes, which are not copied.</summary>
    /// <param name="bytes">The bytes.</param>
    public KeyValueKey(byte[] bytes)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        _bytes = bytes;
    }

    /// <summary>The key that is this text in UTF-8.</summary>
    /// <param name="text">The text.</param>
    public KeyValueKey(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        _bytes = Encoding.UTF8.GetBytes(text);
    }

    /// <summary>The bytes.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>Whether it has no bytes: as a prefix it stands for all keys; nothing is kept under it.</summary>
    public bool IsEmpty => _bytes is null or { Length: 0 };

    internal byte[] Array => _bytes ?? [];

    /// <summary>A text as key.</summary>
    /// <param name="text">The text.</param>
    [SuppressMessage("Usage", "CA2225", Justification = "The constructor is the named alternative.")]
    public static implicit operator KeyValueKey(string text) => new(text);

    /// <summary>Bytes as key; not copied.</summary>
    /// <param name="bytes">The bytes.</param>
    [SuppressMessage("Usage", "CA2225", Justification = "The constructor is the named alternative.")]
    public static implicit operator KeyValueKey(byte[] bytes) => new(bytes);

    /// <summary>Whether both have the same bytes.</summary>
    /// <param name="left">One key.</param>
    /// <param name="right">The other.</param>
    public static bool operator ==(KeyValueKey left, KeyValueKey right) => left.Equals(right);

    /// <summary>Whether their bytes differ.</summary>
    /// <param name="left">One key.</param>
    /// <param name="right">The other.</param>
    public static bool operator !=(KeyValueKey left, KeyValueKey right) => !left.Equals(right);

    /// <summary>Whether the left one comes first.</summary>
    /// <param name="left">One key.</param>
    /// <param name="right">The other.</param>
    public static bool operator <(KeyValueKey left, KeyValueKey right) => left.CompareTo(right) < 0;

    /// <summary>Whether the left one comes first or both are the same.</summary>
    /// <param name="left">One key.</param>
    /// <param name="right">The other.</param>
    public static bool operator <=(KeyValueKey left, KeyValueKey right) => left.CompareTo(right) <= 0;

    /// <summary>Whether the right one comes first.</summary>
    /// <param name="left">One key.</param>
    /// <param name="right">The other.</param>
    public static bool operator >(KeyValueKey left, KeyValueKey right) => left.CompareTo(right) > 0;

    /// <summary>Whether the right one comes first or both are the same.</summary>
    /// <param name="left">One key.</param>
    /// <param name="right">The other.</param>
    public static bool operator >=(KeyValueKey left, KeyValueKey right) => left.CompareTo(right) >= 0;

    /// <inheritdoc/>
    public int CompareTo(KeyValueKey other) => Array.AsSpan().SequenceCompareTo(other.Array);

    /// <inheritdoc/>
    public bool Equals(KeyValueKey other) => Array.AsSpan().SequenceEqual(other.Array);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is KeyValueKey other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Array);
        return hash.ToHashCode();
    }

    /// <summary>The text; bytes that are no UTF-8 are shown as U+FFFD.</summary>
    public override string ToString() => Encoding.UTF8.GetString(Array);
}
