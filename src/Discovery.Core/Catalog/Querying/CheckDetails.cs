namespace Discovery;

/// <summary>A check with what its service is tagged with.</summary>
/// <param name="Check">The check.</param>
/// <param name="ServiceTags">The tags of the instance that it checks; empty for a check of a node.</param>
public sealed record CheckDetails(CatalogCheck Check, IReadOnlyList<string> ServiceTags);
