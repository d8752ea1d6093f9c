using System.Collections.Concurrent;
using Discovery.Catalog;

namespace Discovery;

/// <summary>The instances of one service at one index: immutable, shared by all readers.</summary>
/// <remarks>Lists are in order of node name and instance id, the same in every list.</remarks>
public sealed class ServiceView
{
    /// <summary>The view of a service that has no instance.</summary>
    public static readonly ServiceView Empty = new("", default, 0, [], new PickSource(0), RenderingBudget.Unlimited);

    private readonly ServiceInstance[] _all;
    private readonly PickSource _source;
    private ServiceInstance[]? _passing;
    private ServiceInstance[]? _available;
    private WeightedPicker? _picker;
    private ConcurrentDictionary<string, IReadOnlyList<ServiceInstance>>? _byTag;
    private RenderingLink _renderings;

    // Lists that the last view had made are carried over with the changes put in place.
    internal ServiceView(ServiceView last, StatePosition position, ulong changedAt, InstanceUpdate update, RenderingBudget budget)
        : this(last.Name, position, changedAt, update.Apply(last._all), last._source, budget)
    {
        Name = _all.Length > 0 ? _all[0].Name : Name;
        _passing = last._passing is { } passing ? Carry(update.Apply(passing, IsPassing)) : null;
        _available = last._available is { } available ? Carry(update.Apply(available, IsAvailable)) : null;
    }

    internal ServiceView(
        string name, StatePosition position, ulong changedAt, ServiceInstance[] all, PickSource source, RenderingBudget budget)
    {
        _renderings = budget;
        Name = name;
        Index = position.Index;
        Position = position;
        ChangedAt = changedAt;
        _all = all;
        _source = source;
    }

    /// <summary>The service's name as registered; empty for a service without instances.</summary>
    public string Name { get; }

    /// <summary>The index of the state that the view was made from; 0 for a service without instances.</summary>
    public ulong Index { get; }

    /// <summary>Where in the history of changes the view stands.</summary>
    internal StatePosition Position { get; }

    /// <summary>When the service last changed: views and snapshots of one lineage that agree on it show the same.</summary>
    internal ulong ChangedAt { get; }

    internal ServiceInstance[] AllArray => _all;

    /// <summary>All instances, whatever their health.</summary>
    public IReadOnlyList<ServiceInstance> All => _all;

    /// <summary>The instances whose every check passes and that are not being stopped.</summary>
    public IReadOnlyList<ServiceInstance> Passing => _passing ?? Keep(ref _passing, Select(IsPassing));

    /// <summary>The instances that may be sent something: no check is critical and they are not being stopped.</summary>
    public IReadOnlyList<ServiceInstance> Available => AvailableArray;

    private ServiceInstance[] AvailableArray => _available ?? Keep(ref _available, Select(IsAvailable));

    /// <summary>The available instances with a tag.</summary>
    /// <param name="tag">The tag; case does not matter.</param>
    public IReadOnlyList<ServiceInstance> WithTag(string tag)
    {
        ArgumentNullException.ThrowIfNull(tag);
        ConcurrentDictionary<string, IReadOnlyList<ServiceInstance>> lists = _byTag
            ?? Interlocked.CompareExchange(ref _byTag, new(StringComparer.OrdinalIgnoreCase), null)
            ?? _byTag;
        if (lists.TryGetValue(tag, out IReadOnlyList<ServiceInstance>? known))
        {
            return known;
        }

        ServiceInstance[] selected = Array.FindAll(AvailableArray, instance => HasTag(instance, tag));

        // Tags that nobody has are not remembered: callers can ask for any number of them.
        return selected.Length == 0 ? selected : lists.GetOrAdd(tag, selected);
    }

    /// <summary>Picks an available instance.</summary>
    /// <param name="strategy">How.</param>
    /// <returns>An instance, or null when none is available.</returns>
    public ServiceInstance? Pick(PickStrategy strategy = PickStrategy.Weighted)
    {
        if (strategy == PickStrategy.Weighted)
        {
            return (_picker ??= WeightedPicker.Create(AvailableArray)).Pick(_source.NextRandom());
        }

        ServiceInstance[] available = AvailableArray;
        return available.Length == 0 ? null
            : strategy == PickStrategy.RoundRobin ? available[_source.NextTurn(available.Length)]
            : available[(int)(((_source.NextRandom() >> 32) * (ulong)available.Length) >> 32)];
    }

    /// <summary>What somebody made of this view before, or makes of it now: kept as long as the view, within the budget.</summary>
    /// <remarks>
    /// Readers who ask at the same time wait for the first of them, so that a change which wakes thousands costs one rendering. Of the view
    /// of a service without instances there is one for all such services.
    /// </remarks>
    /// <typeparam name="T">What is made.</typeparam>
    /// <param name="kind">The kind, which it is found under.</param>
    /// <param name="make">
    /// Makes it from nothing but the view; it may ask for renderings of the view's instances, and for none of the view's own.
    /// </param>
    public T Render<T>(Rendering<T> kind, Func<ServiceView, T> make)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(kind);
        ArgumentNullException.ThrowIfNull(make);
        return RenderingLink.Render(ref _renderings, kind, this, make);
    }

    internal static bool HasTag(ServiceInstance instance, string tag)
    {
        foreach (string own in instance.Service.Tags)
        {
            if (string.Equals(own, tag, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private ServiceInstance[] Carry(ServiceInstance[] list) => list.Length == _all.Length ? _all : list;

    // The first list made is the one that all readers get: they may know it by its reference.
    private static ServiceInstance[] Keep(ref ServiceInstance[]? list, ServiceInstance[] made) =>
        Interlocked.CompareExchange(ref list, made, null) ?? made;

    private static bool IsPassing(ServiceInstance instance) => instance.IsPassing;

    private static bool IsAvailable(ServiceInstance instance) => instance.IsAvailable;

    private ServiceInstance[] Select(Predicate<ServiceInstance> predicate) =>
        Array.TrueForAll(_all, predicate) ? _all : Array.FindAll(_all, predicate);
}
