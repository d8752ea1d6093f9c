namespace Discovery;

/// <summary>An instance that has left the catalog, remembered so that its absence can be explained.</summary>
/// <param name="Service">The service's name.</param>
/// <param name="Node">The node.</param>
/// <param name="ServiceId">The instance's id.</param>
/// <param name="Reason">Why it left.</param>
/// <param name="Index">The index at which it left.</param>
/// <param name="WallTime">The leader's wall clock at that time.</param>
public sealed record CatalogDeparture(
    string Service, string Node, string ServiceId, DepartureReason Reason, ulong Index, DateTimeOffset WallTime);
