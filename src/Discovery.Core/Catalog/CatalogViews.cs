using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Text;
using Discovery.State.Watching;
using Discovery.Wire;

namespace Discovery.Catalog;

/// <summary>Keeps one slot per service that exists or that somebody holds a reference to.</summary>
internal sealed class CatalogViews : IStateObserver
{
    private readonly CatalogReader _reader;
    private readonly StateMachine _state;
    private readonly ulong _seed;
    private readonly Lock _lock = new();
    private readonly Dictionary<WatchKey, ServiceSlot> _byKey = [];
    private readonly ConcurrentDictionary<string, ServiceSlot> _byName = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ServiceSlot>.AlternateLookup<ReadOnlySpan<char>> _byFoldedName;

    public CatalogViews(CatalogReader reader, StateMachine state, Random seeds)
    {
        _reader = reader;
        _state = state;
        _seed = (ulong)seeds.NextInt64();
        _byFoldedName = _byName.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public ServiceView Find(string service) =>
        _byName.TryGetValue(service, out ServiceSlot? slot) ? slot.View : FindFolded(service);

    public ServiceSlot Pin(string service)
    {
        byte[] key = CatalogKeys.Folded(service);
        lock (_lock)
        {
            ServiceSlot slot = GetOrAdd(key);
            slot.IsPinned = true;
            return slot;
        }
    }

    public void OnApplied(StateSnapshot snapshot, IReadOnlyList<StateChangeSet> changes)
    {
        lock (_lock)
        {
            foreach (StateChangeSet set in changes)
            {
                foreach (StateTopicTouch touch in set.Topics)
                {
                    if (ReferenceEquals(touch.Space, _reader.Tables.ServiceTopics))
                    {
                        Refresh(snapshot, touch.Key);
                    }
                }
            }
        }
    }

    public void OnReplaced(StateSnapshot snapshot)
    {
        lock (_lock)
        {
            foreach (ServiceSlot slot in _byKey.Values.ToArray())
            {
                Refresh(snapshot, slot.Key);
            }

            string? last = null;
            foreach (CatalogService service in snapshot.Scan(_reader.Tables.ServicesByName))
            {
                if (service.Name != last)
                {
                    last = service.Name;
                    Refresh(snapshot, CatalogKeys.Folded(last));
                }
            }
        }
    }

    public ServiceView Read(ServiceSlot slot, PickSource source) => _reader.ReadView(_state.Current, slot.Name, slot.Key, source);

    public PickSource CreateSource(byte[] key) => new(RowHash.Compute(key, _seed));

    private ServiceView FindFolded(string service)
    {
        // A name is kept in lower case; whoever writes it otherwise pays for the folding.
        const int stackChars = 256;
        Span<char> folded = service.Length <= stackChars ? stackalloc char[stackChars] : new char[service.Length];
        folded = folded[..service.AsSpan().ToLowerInvariant(folded)];
        return _byFoldedName.TryGetValue(folded, out ServiceSlot? slot) ? slot.View : ServiceView.Empty;
    }

    private void Refresh(StateSnapshot snapshot, ReadOnlyMemory<byte> key)
    {
        bool exists = snapshot.Any(_reader.Tables.ServicesByName, key.Span);
        if (_byKey.TryGetValue(new WatchKey(0, key), out ServiceSlot? slot))
        {
            slot.Invalidate(snapshot.Index);
            if (!exists && !slot.IsPinned)
            {
                _byKey.Remove(new WatchKey(0, key));
                _byName.TryRemove(slot.Name, out _);
            }
        }
        else if (exists)
        {
            GetOrAdd(ToArray(key)).Invalidate(snapshot.Index);
        }
    }

    // The array that the topic is kept under, so that the slots need none of their own.
    private static byte[] ToArray(ReadOnlyMemory<byte> key) =>
        MemoryMarshal.TryGetArray(key, out ArraySegment<byte> segment) && segment.Count == segment.Array!.Length
            ? segment.Array
            : key.ToArray();

    private ServiceSlot GetOrAdd(byte[] key)
    {
        if (!_byKey.TryGetValue(new WatchKey(0, key), out ServiceSlot? slot))
        {
            string name = Encoding.UTF8.GetString(key.AsSpan(0, key.Length - 1));
            slot = new ServiceSlot(name, key, this);
            _byKey.Add(new WatchKey(0, key), slot);
            _byName[name] = slot;
        }

        return slot;
    }
}
