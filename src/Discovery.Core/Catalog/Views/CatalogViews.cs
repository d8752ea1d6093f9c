using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Text;
using Discovery.State.Watching;
using Discovery.Wire;

namespace Discovery.Catalog;

/// <summary>Keeps one slot per service that has instances.</summary>
internal sealed class CatalogViews : IStateObserver
{
    private readonly ulong _seed;
    private readonly Lock _lock = new();
    private readonly Dictionary<WatchKey, ServiceSlot> _byKey = [];
    private readonly ConcurrentDictionary<string, ServiceSlot> _byName = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ServiceSlot>.AlternateLookup<ReadOnlySpan<char>> _byFoldedName;

    public CatalogViews(CatalogReader reader, StateMachine state, Random seeds)
    {
        Reader = reader;
        State = state;
        _seed = (ulong)seeds.NextInt64();
        _byFoldedName = _byName.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public CatalogReader Reader { get; }

    public StateMachine State { get; }

    public int SlotCount => _byName.Count;

    public ServiceView Find(string service) =>
        _byName.TryGetValue(service, out ServiceSlot? slot) ? slot.View : SlotOfFolded(service)?.View ?? None;

    public ServiceView Find(ReadOnlySpan<char> service) =>
        (_byFoldedName.TryGetValue(service, out ServiceSlot? slot) ? slot : SlotOfFolded(service))?.View ?? None;

    /// <summary>What there is of a service without instances.</summary>
    /// <exception cref="DiscoveryException">This server keeps no state, and does not know.</exception>
    public ServiceView None => State.KeepsState ? ServiceView.Empty : throw State.Absence();

    /// <summary>The slot of a service; null for one without instances.</summary>
    public ServiceSlot? SlotOf(string service) =>
        _byName.TryGetValue(service, out ServiceSlot? slot) ? slot : SlotOfFolded(service);

    public void OnApplied(StateSnapshot snapshot, IReadOnlyList<StateChangeSet> changes)
    {
        lock (_lock)
        {
            foreach (StateChangeSet set in changes)
            {
                foreach (StateTopicTouch touch in set.Topics)
                {
                    if (ReferenceEquals(touch.Space, Reader.Tables.ServiceTopics))
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
            foreach (CatalogService service in snapshot.Scan(Reader.Tables.ServicesByName))
            {
                if (service.Name != last)
                {
                    last = service.Name;
                    Refresh(snapshot, CatalogKeys.Folded(last));
                }
            }
        }
    }

    public PickSource CreateSource(byte[] key) => new(RowHash.Compute(key, _seed));

    private ServiceSlot? SlotOfFolded(ReadOnlySpan<char> service)
    {
        // A name is kept in lower case; whoever writes it otherwise pays for the folding.
        const int stackChars = 256;
        char[]? rented = service.Length > stackChars ? ArrayPool<char>.Shared.Rent(service.Length) : null;
        Span<char> folded = rented ?? stackalloc char[stackChars];
        folded = folded[..service.ToLowerInvariant(folded)];
        ServiceSlot? found = _byFoldedName.TryGetValue(folded, out ServiceSlot? slot) ? slot : null;
        if (rented is not null)
        {
            ArrayPool<char>.Shared.Return(rented);
        }

        return found;
    }

    private void Refresh(StateSnapshot snapshot, ReadOnlyMemory<byte> key)
    {
        bool exists = snapshot.Any(Reader.Tables.ServicesByName, key.Span);
        if (!_byKey.TryGetValue(new WatchKey(0, key), out ServiceSlot? slot))
        {
            if (exists)
            {
                Add(ToArray(key));
            }
        }
        else if (exists)
        {
            slot.Invalidate(snapshot.Index);
        }
        else
        {
            _byKey.Remove(new WatchKey(0, key));
            _byName.TryRemove(slot.Name, out _);
            slot.Retire();
        }
    }

    // The array that the topic is kept under, so that the slots need none of their own.
    private static byte[] ToArray(ReadOnlyMemory<byte> key) =>
        MemoryMarshal.TryGetArray(key, out ArraySegment<byte> segment) && segment.Count == segment.Array!.Length
            ? segment.Array
            : key.ToArray();

    private void Add(byte[] key)
    {
        string name = Encoding.UTF8.GetString(key.AsSpan(0, key.Length - 1));
        var slot = new ServiceSlot(name, key, this);
        _byKey.Add(new WatchKey(0, key), slot);
        _byName[name] = slot;
    }
}
