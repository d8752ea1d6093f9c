namespace Discovery;

/// <summary>A method that other nodes call.</summary>
/// <param name="Name">Service and method with a dot between, as <c>Catalog.Register</c>.</param>
/// <param name="Handle">
/// Reads the body of the call and writes one value to its reply. What it throws as a <see cref="DiscoveryException"/> is told to the
/// caller by its message; after <see cref="DiscoveryError.NoLeader"/> it may run again for the same call.
/// </param>
public sealed record RpcMethod(string Name, Func<RpcCall, ValueTask> Handle);
