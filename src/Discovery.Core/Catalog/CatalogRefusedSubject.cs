namespace Discovery;

/// <summary>Why the catalog did not take a row, as a value.</summary>
/// <param name="Refusal">The reason.</param>
/// <param name="Subject">What it is about; see the reason.</param>
public readonly record struct CatalogRefusedSubject(CatalogRefusal Refusal, string Subject);
