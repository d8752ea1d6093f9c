using System.Collections.Concurrent;
using Discovery.Catalog;

namespace Discovery;

/// <summary>The instances of one service at one index: immutable, shared by all readers.</summary>
/// <remarks>Lists are in order of node name and instance id, the same in every list.</remarks>
public sealed class ServiceView
{
    /// <summary>The view of a service that has no instance.</summary>
    public static readonly ServiceView Empty = new("", default, 0, [], new PickSource(0));

    private readonly ServiceInstance[] _all;
    private readonly PickSource _source;
    private ServiceInstance[]? _passing;
    private ServiceInstance[]? _available;
    private WeightedPicker? _picker;
    private ConcurrentDictionary<string, IReadOnlyList<ServiceInstance>>? _byTag;

    // Lists that the last view had made are carried over with the changes put in place.
    internal ServiceView(ServiceView last, StatePosition position, ulong changedAt, InstanceUpdate update)
        : this(last.Name, position, changedAt, update.Apply(last._all), last._source)
    {
        Name = _all.Length > 0 ? _all[0].Name : Name;
        _passing = last._passing is { } passing ? Carry(update.Apply(passing, IsPassing)) : null;
        _available = last._available is { } available ? Carry(update.Apply(available, IsAvailable)) : null;
    }

    internal ServiceView(string name, StatePosition position, ulong changedAt, ServiceInstance[] all, PickSource source)
    {
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
    public IReadOnlyList<ServiceInstance> Passing => _passing ??= Select(IsPassing);

    /// <summary>The instances that may be sent something: no check is critical and they are not being stopped.</summary>
    public IReadOnlyList<ServiceInstance> Available => AvailableArray;

    private ServiceInstance[] AvailableArray => _available ??= Select(IsAvailable);

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

    private static bool IsPassing(ServiceInstance instance) => instance.IsPassing;

    private static bool IsAvailable(ServiceInstance instance) => instance.IsAvailable;

    private ServiceInstance[] Select(Predicate<ServiceInstance> predicate) =>
        Array.TrueForAll(_all, predicate) ? _all : Array.FindAll(_all, predicate);
}
