using System.Net;

namespace Discovery.Catalog;

/// <summary>Finds who has an address.</summary>
/// <remarks>
/// Made from the whole catalog by the first question, and then kept up to date by the change sets; while nobody asks, it is not there.
/// The race: 1. a reader takes snapshot N and begins to make the index; 2. apply publishes N+1 and leaves its changes in
/// <c>_missed</c>, for the index is not there to be changed; 3. the reader carries them out and puts the index in place. A change up to N
/// can be among them, when apply had published it before 1 and told of it after: carrying it out once more changes nothing, for an address
/// has its holders, and a holder is put in or taken out by what the newest row says.
/// </remarks>
internal sealed class AddressIndex(CatalogReader reader, StateMachine state) : IStateObserver
{
    private readonly Lock _making = new();
    private readonly Lock _lock = new();
    private Dictionary<AddressKey, SortedSet<AddressHolder>>? _holders;
    private List<StateChangeSet>? _missed;

    /// <summary>Whether somebody has asked, so that it is kept.</summary>
    public bool IsKept => Volatile.Read(ref _holders) is not null;

    public AddressOwner? Find(IPAddress address)
    {
        AddressOwner? owner;
        while (!TryFind(AddressKey.Of(address), out owner))
        {
            Make();
        }

        return owner;
    }

    public void OnApplied(StateSnapshot snapshot, IReadOnlyList<StateChangeSet> changes)
    {
        lock (_lock)
        {
            _missed?.AddRange(changes);
            if (_holders is { } holders)
            {
                Follow(holders, snapshot, changes);
            }
        }
    }

    public void OnReplaced(StateSnapshot snapshot)
    {
        lock (_lock)
        {
            _holders = null;
            _missed = null;
        }
    }

    private static AddressHolder HolderOf(CatalogNode node) => new(new RowKey(node.Name, ""), IsService: false);

    private static AddressHolder HolderOf(CatalogService service) => new(new RowKey(service.Node, service.Id), IsService: true);

    // False while there is no index.
    private bool TryFind(AddressKey key, out AddressOwner? owner)
    {
        owner = null;
        lock (_lock)
        {
            if (_holders is null)
            {
                return false;
            }

            // The snapshot may be newer than the index for a moment: a holder that has gone by then does not count.
            StateSnapshot snapshot = state.Current;
            if (_holders.TryGetValue(key, out SortedSet<AddressHolder>? holders))
            {
                foreach (AddressHolder holder in holders)
                {
                    owner = OwnerOf(snapshot, holder);
                    if (owner is not null)
                    {
                        break;
                    }
                }
            }
        }

        return true;
    }

    private AddressOwner? OwnerOf(StateSnapshot snapshot, AddressHolder holder)
    {
        CatalogNode? node = snapshot.Get(reader.Tables.Nodes, CatalogKeys.Folded(holder.Key.Node));
        CatalogService? service = holder.IsService
            ? snapshot.Get(reader.Tables.Services, CatalogKeys.OnNode(holder.Key.Node, holder.Key.Id))
            : null;
        return node is null || (holder.IsService && service is null) ? null : new AddressOwner(node, service);
    }

    // Beside the apply loop, which it does not hold up but for what it missed.
    private void Make()
    {
        lock (_making)
        {
            StateSnapshot snapshot;
            lock (_lock)
            {
                if (_holders is not null)
                {
                    return;
                }

                _missed = [];
                snapshot = state.Current;
            }

            Dictionary<AddressKey, SortedSet<AddressHolder>> made = Read(snapshot);
            lock (_lock)
            {
                // Null when the whole state was replaced meanwhile: the asker tries again.
                if (_missed is { } missed)
                {
                    Follow(made, state.Current, missed);
                    _missed = null;
                    _holders = made;
                }
            }
        }
    }

    private Dictionary<AddressKey, SortedSet<AddressHolder>> Read(StateSnapshot snapshot)
    {
        var holders = new Dictionary<AddressKey, SortedSet<AddressHolder>>();
        foreach (CatalogNode node in snapshot.Scan(reader.Tables.Nodes))
        {
            Add(holders, node.Address, HolderOf(node));
        }

        foreach (CatalogService service in snapshot.Scan(reader.Tables.Services))
        {
            Add(holders, service.Address, HolderOf(service));
        }

        return holders;
    }

    private void Follow(
        Dictionary<AddressKey, SortedSet<AddressHolder>> holders, StateSnapshot snapshot, IReadOnlyList<StateChangeSet> changes)
    {
        foreach (StateChangeSet set in changes)
        {
            foreach (StateChange change in set.Changes)
            {
                if (change.Is(reader.Tables.Nodes, out StateRowChange<CatalogNode> node))
                {
                    string? now = snapshot.Get(reader.Tables.Nodes, change.Key.Span)?.Address;
                    Move(holders, HolderOf(node.Row), (node.Old?.Address, node.New?.Address), now);
                }
                else if (change.Is(reader.Tables.Services, out StateRowChange<CatalogService> service))
                {
                    string? now = snapshot.Get(reader.Tables.Services, change.Key.Span)?.Address;
                    Move(holders, HolderOf(service.Row), (service.Old?.Address, service.New?.Address), now);
                }
            }
        }
    }

    // Changes are followed one by one, and the newest row has the last word on each.
    private static void Move(
        Dictionary<AddressKey, SortedSet<AddressHolder>> holders, AddressHolder holder, (string? Old, string? New) change, string? now)
    {
        if (change.Old == change.New && change.New == now)
        {
            return;
        }

        Remove(holders, change.Old, holder);
        Remove(holders, change.New, holder);
        Add(holders, now, holder);
    }

    private static void Remove(Dictionary<AddressKey, SortedSet<AddressHolder>> holders, string? address, AddressHolder holder)
    {
        if (AddressKey.Of(address) is { } key && holders.TryGetValue(key, out SortedSet<AddressHolder>? same)
            && same.Remove(holder) && same.Count == 0)
        {
            holders.Remove(key);
        }
    }

    private static void Add(Dictionary<AddressKey, SortedSet<AddressHolder>> holders, string? address, AddressHolder holder)
    {
        if (AddressKey.Of(address) is not { } key)
        {
            return;
        }

        if (!holders.TryGetValue(key, out SortedSet<AddressHolder>? same))
        {
            same = [];
            holders.Add(key, same);
        }

        same.Add(holder);
    }
}
