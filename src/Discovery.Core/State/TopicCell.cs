using Discovery.State.Trees;

namespace Discovery.State;

/// <summary>When a topic last changed, and whether its object is absent, in one word: there is a topic for every node.</summary>
internal readonly record struct TopicCell : ITreeValue
{
    private readonly ulong _bits;

    public TopicCell(ulong index, bool isAbsent)
    {
        Invariant.Check(index <= long.MaxValue, "the index of a topic is out of range");
        _bits = (index << 1) | (isAbsent ? 1UL : 0);
    }

    public ulong Index => _bits >> 1;

    public bool IsAbsent => (_bits & 1) != 0;

    /// <summary>The topic's share of the hash of the state.</summary>
    public ulong HashUnder(ulong seed, ReadOnlySpan<byte> key) => StateHash.OfEntry(seed, key, Index, IsAbsent ? [1] : [0]);
}
