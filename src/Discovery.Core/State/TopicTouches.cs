using Discovery.Wire;

namespace Discovery.State;

/// <summary>The topics one command touches, each once, in the order of their first touch.</summary>
internal sealed class TopicTouches
{
    private const int LinearSearchMax = 8;
    private readonly List<(StateTopicSpace Space, byte[] Key)> _items = [];
    private readonly HashSet<(StateTopicSpace Space, byte[] Key)> _seen = new(new Comparer());

    public int Count => _items.Count;

    public (StateTopicSpace Space, byte[] Key) this[int position] => _items[position];

    public void Clear()
    {
        _items.Clear();
        _seen.Clear();
    }

    public void Add(StateTopicSpace space, ReadOnlySpan<byte> key)
    {
        Invariant.Check(space.Id >= 0, $"topic space {space} is in no schema");
        if (_items.Count < LinearSearchMax)
        {
            foreach ((StateTopicSpace otherSpace, byte[] otherKey) in _items)
            {
                if (ReferenceEquals(otherSpace, space) && key.SequenceEqual(otherKey))
                {
                    return;
                }
            }

            _items.Add((space, key.ToArray()));
            return;
        }

        if (_seen.Count == 0)
        {
            _seen.UnionWith(_items);
        }

        (StateTopicSpace, byte[]) item = (space, key.ToArray());
        if (_seen.Add(item))
        {
            _items.Add(item);
        }
    }

    private sealed class Comparer : IEqualityComparer<(StateTopicSpace Space, byte[] Key)>
    {
        public bool Equals((StateTopicSpace Space, byte[] Key) x, (StateTopicSpace Space, byte[] Key) y) =>
            ReferenceEquals(x.Space, y.Space) && x.Key.AsSpan().SequenceEqual(y.Key);

        public int GetHashCode((StateTopicSpace Space, byte[] Key) item) => (int)RowHash.Compute(item.Key, item.Space.HashSeed);
    }
}
