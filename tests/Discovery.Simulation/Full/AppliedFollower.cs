namespace Discovery.Simulation;

/// <summary>Shows the checkers what one process applies.</summary>
internal sealed class AppliedFollower(AppliedHistory history, NodeLife life) : IStateObserver
{
    public void OnApplied(StateSnapshot snapshot, IReadOnlyList<StateChangeSet> changes) => history.OnApplied(life, snapshot, changes);

    public void OnReplaced(StateSnapshot snapshot) => history.OnState(life, snapshot);
}
