namespace Discovery;

/// <summary>A service as the local agent has it.</summary>
/// <param name="Service">The row that the agent keeps in the catalog; its indexes are 0.</param>
/// <param name="IsInSync">Whether the catalog shows it as it is here.</param>
public sealed record AgentService(CatalogService Service, bool IsInSync);
