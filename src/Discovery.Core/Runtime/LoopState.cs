namespace Discovery;

/// <summary>What a supervised loop is doing.</summary>
/// <param name="Name">The loop's name.</param>
/// <param name="Phase">Where it stands.</param>
/// <param name="LastError">The type and message of the last exception; null when there was none.</param>
/// <param name="Restarts">How many times it was started again.</param>
public sealed record LoopState(string Name, LoopPhase Phase, string? LastError, int Restarts);
