namespace Discovery.Testing;

/// <summary>A log with a ledger, made by the implementation that is tested.</summary>
/// <param name="Log">The log; it leads and takes proposals.</param>
/// <param name="Stop">Stops it, as a node that is shut down does.</param>
public sealed record LogUnderTest(ICommandLog Log, Func<ValueTask> Stop);
