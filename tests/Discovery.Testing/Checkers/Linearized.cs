namespace Discovery.Testing;

/// <summary>A set of operation numbers with an incremental hash; known outcomes come first, in the order of their beginnings.</summary>
internal sealed class Linearized(int known, int total)
{
    private readonly ulong[] _known = new ulong[(known + 63) / 64];
    private readonly ulong[] _unknown = new ulong[(total - known + 63) / 64];
    private ulong _hash;

    internal int KnownCount { get; private set; }

    internal void Set(int number)
    {
        KnownCount += number < known ? 1 : 0;
        Flip(number);
    }

    internal void Clear(int number)
    {
        KnownCount -= number < known ? 1 : 0;
        Flip(number);
    }

    internal bool Contains(int number)
    {
        int index = number < known ? number : number - known;
        return ((number < known ? _known : _unknown)[index / 64] & (1UL << (index % 64))) != 0;
    }

    /// <summary>A copy that takes little room: the full words in front are only counted.</summary>
    internal Key ToKey()
    {
        int full = 0;
        while (full < _known.Length && _known[full] == ulong.MaxValue)
        {
            full++;
        }

        int end = _known.Length;
        while (end > full && _known[end - 1] == 0)
        {
            end--;
        }

        return new Key(_hash, full, end - full, [.. _known.AsSpan(full, end - full), .. _unknown]);
    }

    private static ulong Mix(int number)
    {
        ulong z = ((ulong)number + 1) * 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    private void Flip(int number)
    {
        int index = number < known ? number : number - known;
        (number < known ? _known : _unknown)[index / 64] ^= 1UL << (index % 64);
        _hash ^= Mix(number);
    }

    internal readonly struct Key(ulong hash, int full, int middle, ulong[] words) : IEquatable<Key>
    {
        private readonly ulong _hash = hash;
        private readonly int _full = full;
        private readonly int _middle = middle;
        private readonly ulong[] _words = words;

        public bool Equals(Key other) =>
            _hash == other._hash && _full == other._full && _middle == other._middle && _words.AsSpan().SequenceEqual(other._words);

        public override bool Equals(object? obj) => obj is Key other && Equals(other);

        public override int GetHashCode() => _hash.GetHashCode();
    }
}
