namespace Discovery;

/// <summary>A check and how it got to its status.</summary>
/// <param name="Check">The check as the catalog has it.</param>
/// <param name="History">Its last results, oldest first; empty when another node runs it.</param>
public sealed record CheckExplanation(CatalogCheck Check, IReadOnlyList<CheckObservation> History);
