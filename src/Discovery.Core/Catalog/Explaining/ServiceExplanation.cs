namespace Discovery;

/// <summary>Why the instances of a service are returned, or are not.</summary>
/// <param name="Query">The query that is explained.</param>
/// <param name="Reason">What holds for the service as a whole: returned, unknown, or all instances left out.</param>
/// <param name="Message">The same in a sentence.</param>
/// <param name="Instances">Each instance, those that have left included, in order of node and id.</param>
/// <param name="Position">The state that was looked at.</param>
public sealed record ServiceExplanation(
    ServiceQuery Query,
    ExplainReason Reason,
    string Message,
    IReadOnlyList<InstanceExplanation> Instances,
    StatePosition Position);
