namespace Discovery.Catalog;

/// <summary>
/// Where the view of one service is found. The apply loop marks it changed; the first reader after that makes the next view, once.
/// </summary>
/// <remarks>
/// The race that matters: 1. a reader begins to build from snapshot N; 2. apply publishes N+1, writes <c>_changedAt</c>, clears the view;
/// 3. the reader stores its view of N. It then reads <c>_changedAt</c>, finds it above N, and builds again. Had 2 come after that read,
/// it would have cleared the view that 3 stored. Either way no reader that starts after 2 is left with N.
/// </remarks>
internal sealed class ServiceSlot(string name, byte[] key, CatalogViews owner)
{
    // Small on purpose: a lookup that misses the cache pays for every line that the slots are spread over.
    private ServiceView? _view;
    private ulong _changedAt;
    private PickSource? _source;

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
        // No code but this holds a slot's monitor; a lock object each would spread the slots further.
        lock (this)
        {
            _source ??= owner.CreateSource(Key);
            while (true)
            {
                if (Volatile.Read(ref _view) is { } built)
                {
                    return built;
                }

                ServiceView view = owner.Read(this, _source);
                Interlocked.Exchange(ref _view, view);
                if (Volatile.Read(ref _changedAt) <= view.Index)
                {
                    return view;
                }

                Interlocked.CompareExchange(ref _view, null, view);
            }
        }
    }
}
