namespace Discovery;

/// <summary>How a node is at one moment.</summary>
/// <param name="Phase">Where it stands between start and stop.</param>
/// <param name="Leader">The leader's name; null when none is known.</param>
/// <param name="Fault">The broken invariant that it met; null while it is sound.</param>
/// <param name="Loops">Its background loops, in ordinal order of their names.</param>
public sealed record NodeStatus(NodePhase Phase, string? Leader, string? Fault, IReadOnlyList<LoopState> Loops)
{
    /// <summary>What is not as it should be although the node works; null when all is well.</summary>
    public string? Concern { get; init; }

    /// <summary>Whether this node keeps the state; a witness does not.</summary>
    /// <value>True.</value>
    public bool KeepsState { get; init; } = true;
}
