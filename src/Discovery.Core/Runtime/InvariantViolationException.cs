namespace Discovery;

/// <summary>A broken invariant: the node that meets it refuses further work and says why in its log and health.</summary>
/// <param name="message">What was found broken.</param>
public sealed class InvariantViolationException(string message) : Exception(message);
