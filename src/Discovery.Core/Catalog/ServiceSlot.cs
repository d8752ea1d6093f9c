namespace Discovery.Catalog;

/// <summary>
/// Where the view of one service is found. The apply loop marks it changed; the first reader after that makes the next view, once.
/// </summary>
/// <remarks>
/// The race that matters: 1. a reader begins to build from snapshot N; 2. apply publishes N+1, writes <c>_changedAt</c>, clears the view;
/// 3. the reader stores its view of N. It then reads <c>_changedAt</c>, finds it above N, and builds again. Had 2 come after that read,
/// it would have cleared the view that 3 stored. Either way no reader that starts after 2 is left with N.
/// </remarks>
internal sealed class ServiceSlot(string name, byte[] key, CatalogReader reader, StateMachine state, PickSource source)
{
    private readonly Lock _building = new();
    private ServiceView? _view;
    private ulong _changedAt;

    public string Name { get; } = name;

    public byte[] Key { get; } = key;

    /// <summary>Whether somebody holds a reference, so that the slot must outlive the service.</summary>
    public bool IsPinned { get; set; }

    public ServiceView View => Volatile.Read(ref _view) ?? Build();

    /// <summary>Called on the apply loop, after the snapshot of <paramref name="index"/> was published.</summary>
    public void Invalidate(ulong index)
    {
        Volatile.Write(ref _changedAt, index);
        Interlocked.Exchange(ref _view, null);
    }

    private ServiceView Build()
    {
        lock (_building)
        {
            while (true)
            {
                if (Volatile.Read(ref _view) is { } built)
                {
                    return built;
                }

                StateSnapshot snapshot = state.Current;
                ServiceView view = reader.ReadView(snapshot, Name, Key, source);
                Interlocked.Exchange(ref _view, view);
                if (Volatile.Read(ref _changedAt) <= snapshot.Index)
                {
                    return view;
                }

                Interlocked.CompareExchange(ref _view, null, view);
            }
        }
    }
}
