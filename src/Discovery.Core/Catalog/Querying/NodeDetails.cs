namespace Discovery;

/// <summary>A node with everything on it.</summary>
/// <param name="Node">The node.</param>
/// <param name="Services">Its services that the query asked for, in order of their ids.</param>
/// <param name="Checks">All checks on it, in order of their ids.</param>
public sealed record NodeDetails(CatalogNode Node, IReadOnlyList<CatalogService> Services, IReadOnlyList<CatalogCheck> Checks);
