namespace Discovery.Health;

/// <summary>A binary heap of items by deadline, in which an item knows its place, so that a deadline can move or go in place.</summary>
internal sealed class DeadlineHeap<T>
    where T : DeadlineItem
{
    private readonly List<T> _items = [];
    private long _sequence;

    public int Count => _items.Count;

    public T? Peek() => _items.Count == 0 ? null : _items[0];

    /// <summary>Sets the deadline of an item, in the heap or not; null takes it out.</summary>
    public void Set(T item, TimeSpan? deadline)
    {
        if (deadline is not { } at)
        {
            Remove(item);
            return;
        }

        if (item.HeapIndex >= 0 && item.Deadline == at)
        {
            return;
        }

        item.Deadline = at;
        item.HeapSequence = ++_sequence;
        if (item.HeapIndex < 0)
        {
            item.HeapIndex = _items.Count;
            _items.Add(item);
        }

        Settle(item.HeapIndex);
    }

    public void Remove(T item)
    {
        int index = item.HeapIndex;
        if (index < 0)
        {
            return;
        }

        item.HeapIndex = -1;
        T last = _items[^1];
        _items.RemoveAt(_items.Count - 1);
        if (!ReferenceEquals(last, item))
        {
            Place(last, index);
            Settle(index);
        }
    }

    private static bool Before(T a, T b) =>
        a.Deadline < b.Deadline || (a.Deadline == b.Deadline && a.HeapSequence < b.HeapSequence);

    private void Settle(int index)
    {
        T item = _items[index];
        while (index > 0 && Before(item, _items[(index - 1) / 2]))
        {
            Place(_items[(index - 1) / 2], index);
            index = (index - 1) / 2;
        }

        while (true)
        {
            int child = (2 * index) + 1;
            if (child + 1 < _items.Count && Before(_items[child + 1], _items[child]))
            {
                child++;
            }

            if (child >= _items.Count || !Before(_items[child], item))
            {
                break;
            }

            Place(_items[child], index);
            index = child;
        }

        Place(item, index);
    }

    private void Place(T item, int index)
    {
        _items[index] = item;
        item.HeapIndex = index;
    }
}

/// <summary>What <see cref="DeadlineHeap{T}"/> keeps in an item.</summary>
internal abstract class DeadlineItem
{
    public TimeSpan Deadline { get; internal set; }

    internal int HeapIndex { get; set; } = -1;

    internal long HeapSequence { get; set; }
}
