namespace Discovery;

/// <summary>One step of what <see cref="StateQueries.FollowAsync"/> tells.</summary>
/// <param name="Snapshot">A state in which the changes are in; that of a begin is the state to begin from.</param>
/// <param name="Changes">One command's changes; null to begin, or to begin again, from <paramref name="Snapshot"/>.</param>
public readonly record struct StateUpdate(StateSnapshot Snapshot, StateChangeSet? Changes)
{
    /// <summary>Where to resume after this step.</summary>
    public StatePosition Position => Changes is { } changes ? new StatePosition(Snapshot.Lineage, changes.Index) : Snapshot.Position;
}
