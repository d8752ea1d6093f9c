using Discovery.Wire;

namespace Discovery.State;

/// <summary>The topics one command touches, each once, in the order of their first touch.</summary>
internal sealed class TopicTouches
{
    private const int LinearSearchMax = 8;
    private readonly List<TopicTouch> _items = [];
    private readonly HashSet<(StateTopicSpace Space, byte[] Key)> _seen = new(new Comparer());

    public int Count => _items.Count;

    public TopicTouch this[int position] => _items[position];

    public void SetAbsent(int position, bool isAbsent) => _items[position] = _items[position] with { IsAbsent = isAbsent };

    public void Clear()
    {
        _items.Clear();
        _seen.Clear();
    }

    /// <summary>Adds a topic unless it is there.</summary>
    /// <param name="space">The space.</param>
    /// <param name="key">The topic's key.</param>
    /// <param name="shared">An array that is kept anyway and may hold the same bytes: the key of the row that changed.</param>
    public void Add(StateTopicSpace space, ReadOnlySpan<byte> key, byte[]? shared = null)
    {
        space.ThrowIfUnbound();
        if (space.Rows is not null)
        {
            throw new InvalidOperationException($"The topics {space} are touched by changes of their rows, and by nothing else.");
        }

        if (_items.Count < LinearSearchMax)
        {
            foreach (TopicTouch other in _items)
            {
                if (ReferenceEquals(other.Space, space) && key.SequenceEqual(other.Key))
                {
                    return;
                }
            }

            _items.Add(new TopicTouch(space, key.SequenceEqual(shared) ? shared! : key.ToArray(), IsAbsent: false));
            return;
        }

        if (_seen.Count == 0)
        {
            foreach (TopicTouch other in _items)
            {
                _seen.Add((other.Space, other.Key));
            }
        }

        byte[] added = key.SequenceEqual(shared) ? shared! : key.ToArray();
        if (_seen.Add((space, added)))
        {
            _items.Add(new TopicTouch(space, added, IsAbsent: false));
        }
    }

    private sealed class Comparer : IEqualityComparer<(StateTopicSpace Space, byte[] Key)>
    {
        public bool Equals((StateTopicSpace Space, byte[] Key) x, (StateTopicSpace Space, byte[] Key) y) =>
            ReferenceEquals(x.Space, y.Space) && x.Key.AsSpan().SequenceEqual(y.Key);

        public int GetHashCode((StateTopicSpace Space, byte[] Key) item) => (int)RowHash.Compute(item.Key, item.Space.HashSeed);
    }
}
