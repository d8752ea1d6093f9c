namespace Discovery.State.Watching;

/// <summary>Who waits for which topic. A commit looks up the topics it touched and wakes exactly those who wait for one of them.</summary>
internal sealed class StateWatches
{
    private readonly Lock _lock = new();
    private readonly Dictionary<WatchKey, HashSet<IStateWatcher>> _keys = [];
    private readonly Dictionary<WatchKey, HashSet<IStateWatcher>> _prefixes = [];
    private readonly Dictionary<int, SortedDictionary<int, int>> _prefixLengths = [];
    private readonly HashSet<IStateWatcher>?[] _tables;
    private readonly List<IStateWatcher> _woken = [];
    private readonly HashSet<IStateWatcher> _seen = new(ReferenceEqualityComparer.Instance);
    private int _count;
    private long _wakes;

    public StateWatches(int tables) => _tables = new HashSet<IStateWatcher>?[tables];

    /// <summary>Watches that are open now.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Watches woken so far.</summary>
    public long Wakes => Interlocked.Read(ref _wakes);

    public void Add(IStateWatcher watcher)
    {
        lock (_lock)
        {
            foreach (StateTopic topic in watcher.Topics)
            {
                SetOf(topic).Add(watcher);
            }

            _count++;
        }
    }

    public void Remove(IStateWatcher watch)
    {
        lock (_lock)
        {
            foreach (StateTopic topic in watch.Topics)
            {
                Forget(topic, watch);
            }

            _count--;
        }
    }

    public void Wake(IReadOnlyList<StateChangeSet> changes)
    {
        lock (_lock)
        {
            if (_count == 0)
            {
                return;
            }

            for (int i = 0; i < changes.Count; i++)
            {
                CollectTouched(changes[i]);
            }

            SignalCollected();
        }
    }

    // By position: enumerating through the interface would allocate at every change.
    private void CollectTouched(StateChangeSet set)
    {
        for (int i = 0; i < set.Changes.Count; i++)
        {
            Collect(_tables[set.Changes[i].Table.Id]);
        }

        for (int i = 0; i < set.Topics.Count; i++)
        {
            StateTopicTouch touch = set.Topics[i];
            _keys.TryGetValue(new WatchKey(touch.Space.Id, touch.Key), out HashSet<IStateWatcher>? exact);
            Collect(exact);
            CollectPrefixes(touch);
        }
    }

    public void WakeAll()
    {
        lock (_lock)
        {
            foreach (HashSet<IStateWatcher>? table in _tables)
            {
                Collect(table);
            }

            foreach (HashSet<IStateWatcher> set in _keys.Values.Concat(_prefixes.Values))
            {
                Collect(set);
            }

            SignalCollected();
        }
    }

    private void Collect(HashSet<IStateWatcher>? watches)
    {
        if (watches is null)
        {
            return;
        }

        foreach (IStateWatcher watch in watches)
        {
            if (_seen.Add(watch))
            {
                _woken.Add(watch);
            }
        }
    }

    private void CollectPrefixes(in StateTopicTouch touch)
    {
        if (!_prefixLengths.TryGetValue(touch.Space.Id, out SortedDictionary<int, int>? lengths))
        {
            return;
        }

        foreach (int length in lengths.Keys)
        {
            if (length > touch.Key.Length)
            {
                return;
            }

            _prefixes.TryGetValue(new WatchKey(touch.Space.Id, touch.Key[..length]), out HashSet<IStateWatcher>? set);
            Collect(set);
        }
    }

    private void SignalCollected()
    {
        foreach (IStateWatcher watch in _woken)
        {
            watch.Signal();
        }

        _seen.Clear();
        Interlocked.Add(ref _wakes, _woken.Count);
        _woken.Clear();
        if (_woken.Capacity > 65_536)
        {
            _woken.Capacity = 0;
            _seen.TrimExcess();
        }
    }

    private HashSet<IStateWatcher> SetOf(in StateTopic topic)
    {
        if (topic.Table is { } table)
        {
            return _tables[table.Id] ??= [];
        }

        var key = new WatchKey(topic.Space!.Id, topic.Key);
        Dictionary<WatchKey, HashSet<IStateWatcher>> sets = topic.IsPrefix ? _prefixes : _keys;
        if (!sets.TryGetValue(key, out HashSet<IStateWatcher>? set))
        {
            set = sets[key] = [];
            if (topic.IsPrefix)
            {
                CountPrefixLength(topic.Space.Id, topic.Key.Length, 1);
            }
        }

        return set;
    }

    private void Forget(in StateTopic topic, IStateWatcher watch)
    {
        if (topic.Table is { } table)
        {
            _tables[table.Id]?.Remove(watch);
            return;
        }

        var key = new WatchKey(topic.Space!.Id, topic.Key);
        Dictionary<WatchKey, HashSet<IStateWatcher>> sets = topic.IsPrefix ? _prefixes : _keys;
        if (sets.TryGetValue(key, out HashSet<IStateWatcher>? set) && set.Remove(watch) && set.Count == 0)
        {
            sets.Remove(key);
            if (topic.IsPrefix)
            {
                CountPrefixLength(topic.Space.Id, topic.Key.Length, -1);
            }
        }
    }

    private void CountPrefixLength(int space, int length, int change)
    {
        if (!_prefixLengths.TryGetValue(space, out SortedDictionary<int, int>? lengths))
        {
            lengths = _prefixLengths[space] = [];
        }

        lengths.TryGetValue(length, out int count);
        if (count + change > 0)
        {
            lengths[length] = count + change;
        }
        else
        {
            lengths.Remove(length);
        }
    }
}
