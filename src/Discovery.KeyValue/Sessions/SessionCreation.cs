namespace Discovery;

/// <summary>A session that is to be created.</summary>
public sealed record SessionCreation
{
    /// <summary>Its id, never used before; a new one when empty.</summary>
    internal Guid Id { get; init; }

    /// <summary>A name for people.</summary>
    public string Name { get; init; } = "";

    /// <summary>The node that it belongs to; this one when null.</summary>
    public string? Node { get; init; }

    /// <summary>How long nobody can lock the keys that it lost.</summary>
    /// <value>15 seconds, as in Consul.</value>
    public TimeSpan LockDelay { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>What becomes of the keys that it holds.</summary>
    public SessionBehavior Behavior { get; init; }

    /// <summary>After how long without renewal it ends, or zero for never.</summary>
    /// <value>Zero.</value>
    public TimeSpan Lease { get; init; }

    /// <summary>The time to live as it is shown; made from <see cref="Lease"/> when null.</summary>
    public string? TimeToLive { get; init; }

    /// <summary>The checks of the node that it depends on.</summary>
    /// <value>None.</value>
    public IReadOnlyList<string> NodeChecks { get; init; } = [];

    /// <summary>The checks of services that it depends on.</summary>
    public IReadOnlyList<string>? ServiceChecks { get; init; }

    /// <summary>See <see cref="SessionEntry.Checks"/>.</summary>
    /// <value>None.</value>
    public IReadOnlyList<string> Checks { get; init; } = [];

    /// <summary>See <see cref="SessionEntry.IsGuarded"/>.</summary>
    /// <value>True when there is a lease; Consul's API sets false.</value>
    public bool IsGuarded { get; init; } = true;
}
