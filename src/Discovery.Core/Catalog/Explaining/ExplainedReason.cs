namespace Discovery;

/// <summary>A reason with the facts behind it.</summary>
/// <param name="Reason">The code.</param>
/// <param name="Message">The same in a sentence.</param>
public sealed record ExplainedReason(ExplainReason Reason, string Message);
