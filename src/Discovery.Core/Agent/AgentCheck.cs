namespace Discovery;

/// <summary>A check as the local agent has it.</summary>
/// <param name="Check">The row that the agent keeps in the catalog, with the latest output; its indexes are 0.</param>
/// <param name="Definition">What it does; null for a maintenance check, which does nothing.</param>
/// <param name="IsInSync">Whether the catalog shows it as it is here.</param>
public sealed record AgentCheck(CatalogCheck Check, CheckDefinition? Definition, bool IsInSync);
