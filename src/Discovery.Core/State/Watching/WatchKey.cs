using Discovery.Wire;

namespace Discovery.State.Watching;

/// <summary>A topic or a prefix of topics as a dictionary key.</summary>
internal readonly struct WatchKey(int space, ReadOnlyMemory<byte> key) : IEquatable<WatchKey>
{
    private readonly int _space = space;
    private readonly ReadOnlyMemory<byte> _key = key;

    public bool Equals(WatchKey other) => _space == other._space && _key.Span.SequenceEqual(other._key.Span);

    public override bool Equals(object? obj) => obj is WatchKey other && Equals(other);

    public override int GetHashCode() => (int)RowHash.Compute(_key.Span, (ulong)_space);
}
