using Discovery.State.Watching;

namespace Discovery.Catalog;

/// <summary>
/// Where the view of one service is found. The apply loop marks it changed; the first reader after that makes the next view, once.
/// </summary>
/// <remarks>
/// The race that matters: 1. a reader begins to build from snapshot N; 2. apply publishes N+1 and writes <c>_changedAt</c>; 3. the reader
/// stores its view of N and returns it, which is right, for it had asked before 2. 4. Another reader finds a view older than
/// <c>_changedAt</c> and builds again. So nobody who asks after 2 is shown N; and since one reader builds at a time, from a snapshot
/// that it reads inside the lock, the indexes of the stored views never go back.
/// </remarks>
internal sealed class ServiceSlot(string name, byte[] key, CatalogViews owner)
{
    private const ulong Retired = ulong.MaxValue;

    // Small on purpose: a lookup that misses the cache pays for every line that the slots are spread over.
    private ServiceView? _view;
    private ulong _changedAt;
    private PickSource? _source;
    private int _changes;
    private int _changesSeen;

    /// <summary>The name, folded.</summary>
    public string Name { get; } = name;

    public byte[] Key { get; } = key;

    /// <summary>The view if it is up to date, else null.</summary>
    public ServiceView? Current =>
        Volatile.Read(ref _view) is { } view && view.Index >= Volatile.Read(ref _changedAt) ? view : null;

    public ServiceView View => Current ?? Build();

    /// <summary>Called on the apply loop, once per change set, after the snapshot of <paramref name="index"/> was published.</summary>
    public void Invalidate(ulong index)
    {
        Volatile.Write(ref _changes, _changes + 1);
        Volatile.Write(ref _changedAt, index);
    }

    /// <summary>The service is gone and the slot with it: whoever still holds it gets no view that is kept.</summary>
    public void Retire() => Volatile.Write(ref _changedAt, Retired);

    private StateTopic Topic => StateTopic.ForKey(owner.Reader.Tables.ServiceTopics, Key);

    private ServiceView Build()
    {
        // No code but this holds a slot's monitor; a lock object each would spread the slots further.
        lock (this)
        {
            if (Current is { } built)
            {
                return built;
            }

            int changes = Volatile.Read(ref _changes);
            StateSnapshot snapshot = owner.State.Current;
            ServiceView view = Update(snapshot, changes - _changesSeen) ?? Read(snapshot);
            _changesSeen = changes;
            Volatile.Write(ref _view, view);
            return view;
        }
    }

    private ServiceView Read(StateSnapshot snapshot)
    {
        ServiceInstance[] instances = owner.Reader.ReadInstances(snapshot, Key);
        _source ??= owner.CreateSource(Key);
        string shown = instances.Length > 0 ? instances[0].Name : Name;
        return new ServiceView(shown, snapshot.Position, snapshot.IndexOf(Topic), instances, _source, owner.Reader.Budget);
    }

    // A few changes in a large service: the last view with those changes put in place. Null when reading all is as good.
    private ServiceView? Update(StateSnapshot snapshot, int changes)
    {
        if (_view is not { } last || last.AllArray.Length < 16 || changes > last.AllArray.Length / 8)
        {
            return null;
        }

        var sets = new List<StateChangeSet>();
        var update = new InstanceUpdate(owner.Reader, snapshot, Name, Key);
        return StateFeed.TryRead(owner.State, Topic, last.Position, snapshot, sets)
            && update.TryCollect(last.AllArray, sets)
            ? new ServiceView(last, snapshot.Position, snapshot.IndexOf(Topic), update, owner.Reader.Budget)
            : null;
    }
}
