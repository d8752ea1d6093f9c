namespace Discovery;

/// <summary>How a lock is held.</summary>
public sealed record LockOptions
{
    /// <summary>The defaults.</summary>
    public static readonly LockOptions Default = new();

    /// <summary>
    /// How long the lock is held without renewal: after a crash of the holder the next one has it when this time, counted from the last
    /// renewal, is over. It is renewed after a third of it.
    /// </summary>
    /// <value>15 seconds; at least 1 second.</value>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long nobody is granted the lock after the holder lost it, beyond what his lease asks for.</summary>
    /// <value>Zero. Consul's is 15 seconds: a lock that guards what cannot check a fence wants something like that.</value>
    public TimeSpan LockDelay { get; init; }

    /// <summary>The value of the key while it is held.</summary>
    /// <value>The node's name.</value>
    public ReadOnlyMemory<byte>? Value { get; init; }

    /// <summary>Checks of this node, on which the lock depends too: it is lost when one turns critical.</summary>
    /// <value>None: only the lease counts.</value>
    public IReadOnlyList<string> NodeChecks { get; init; } = [];

    /// <summary>
    /// How much sooner than its lease ends the lock is given up: for timers that are late and clocks that run at another speed.
    /// </summary>
    internal TimeSpan Margin => Lease / 10 < TimeSpan.FromSeconds(1) ? Lease / 10 : TimeSpan.FromSeconds(1);
}
