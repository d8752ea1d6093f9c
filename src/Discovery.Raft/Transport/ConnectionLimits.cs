namespace Discovery.Transport;

/// <summary>What one connection may use, and how long it waits.</summary>
/// <param name="Options">The limits and times of all connections.</param>
/// <param name="Budget">The half-received messages of all connections.</param>
/// <param name="StalledTimesMax">After how many keep-alive times in which the other side takes nothing it is gone.</param>
/// <param name="IdleTimesMax">After how many keep-alive times in which nothing was added to be sent it is closed.</param>
internal sealed record ConnectionLimits(TransportOptions Options, ReassemblyBudget Budget, int StalledTimesMax, int IdleTimesMax)
{
    /// <summary>Those of a connection that this side has opened and closes when it is not used.</summary>
    public static ConnectionLimits Opened(TransportOptions options, ReassemblyBudget budget) =>
        new(options, budget, options.StalledTimesMax, options.IdleTimesMax);

    /// <summary>Those of a connection that the other side closes when it is not used.</summary>
    public static ConnectionLimits Accepted(TransportOptions options, ReassemblyBudget budget) =>
        new(options, budget, options.StalledTimesMax, int.MaxValue);

    /// <summary>Those of a snapshot, from either side.</summary>
    public static ConnectionLimits Snapshot(TransportOptions options, ReassemblyBudget budget) =>
        new(options, budget, options.SnapshotStalledTimesMax, int.MaxValue);
}
