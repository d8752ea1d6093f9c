namespace Discovery.Locks;

/// <summary>A service that the app wants run on one node at a time.</summary>
/// <param name="Name">The election's name.</param>
/// <param name="Options">How.</param>
/// <param name="Resolve">Gets the service from a scope.</param>
internal sealed record LeaderServiceDeclaration(string Name, LeaderServiceOptions Options, Func<IServiceProvider, ILeaderService> Resolve);
