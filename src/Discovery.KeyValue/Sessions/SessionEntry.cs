namespace Discovery;

/// <summary>A session: who may hold keys, and for how long.</summary>
public sealed record SessionEntry
{
    /// <summary>Its id.</summary>
    public required Guid Id { get; init; }

    /// <summary>A name for people.</summary>
    public string Name { get; init; } = "";

    /// <summary>The node that it belongs to: it ends when that node leaves the catalog.</summary>
    public required string Node { get; init; }

    /// <summary>How long nobody can lock the keys that it lost.</summary>
    public TimeSpan LockDelay { get; init; }

    /// <summary>What becomes of the keys that it holds.</summary>
    public SessionBehavior Behavior { get; init; }

    /// <summary>The time to live as whoever created it wrote it, empty for none.</summary>
    public string TimeToLive { get; init; } = "";

    /// <summary>After how long without renewal it ends, or zero for never. Consul's API grants twice the time to live.</summary>
    public TimeSpan Lease { get; init; }

    /// <summary>The checks of the node that it depends on: it ends when one turns critical or goes.</summary>
    public IReadOnlyList<string> NodeChecks { get; init; } = [];

    /// <summary>The checks of services that it depends on, in the same way; null when none were named.</summary>
    public IReadOnlyList<string>? ServiceChecks { get; init; }

    /// <summary>Checks of either kind that it depends on too, as clients name them that are older than Consul 1.7.</summary>
    public IReadOnlyList<string> Checks { get; init; } = [];

    /// <summary>
    /// Whether a holder counts on the lease by his own clock: keys that the session loses before its lease has ended, without the holder
    /// asking for it, cannot be locked until the lease would have ended.
    /// </summary>
    public bool IsGuarded { get; init; }

    /// <summary>When it was created.</summary>
    public ulong CreateIndex { get; init; }

    /// <summary>When it last changed.</summary>
    public ulong ModifyIndex { get; init; }
}
