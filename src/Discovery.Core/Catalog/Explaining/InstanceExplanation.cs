namespace Discovery;

/// <summary>Why one instance is returned, or is not.</summary>
/// <param name="Node">Its node.</param>
/// <param name="ServiceId">Its id.</param>
/// <param name="IsReturned">Whether the query returns it.</param>
/// <param name="Reasons">Every reason, the decisive one first.</param>
/// <param name="Instance">The instance as it is now, null when it has left.</param>
/// <param name="Owner">The agent that keeps it, null when nobody does.</param>
/// <param name="Checks">Its checks with their recent results, as far as this node runs them.</param>
/// <param name="DeregisterAt">When the agent will take it out if its checks stay critical.</param>
public sealed record InstanceExplanation(
    string Node,
    string ServiceId,
    bool IsReturned,
    IReadOnlyList<ExplainedReason> Reasons,
    ServiceInstance? Instance,
    string? Owner,
    IReadOnlyList<CheckExplanation> Checks,
    DateTimeOffset? DeregisterAt);
