namespace Discovery;

/// <summary>
/// Follows the state on the apply loop: keeps what is derived from it up to date before any proposer or watcher hears of a change.
/// </summary>
/// <remarks>Must be quick and must not throw; an exception faults the node.</remarks>
public interface IStateObserver
{
    /// <summary>A batch of commands was applied.</summary>
    /// <param name="snapshot">The state after it.</param>
    /// <param name="changes">What each command changed, in order.</param>
    void OnApplied(StateSnapshot snapshot, IReadOnlyList<StateChangeSet> changes);

    /// <summary>The whole state was replaced, by a restore or a snapshot from another server.</summary>
    /// <param name="snapshot">The state now.</param>
    void OnReplaced(StateSnapshot snapshot);
}
