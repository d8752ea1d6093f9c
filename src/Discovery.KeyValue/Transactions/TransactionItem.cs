namespace Discovery;

/// <summary>What a step of a transaction read or wrote: one of the rows is set.</summary>
/// <param name="Operation">The step's place in the transaction, from 0.</param>
public sealed record TransactionItem(int Operation)
{
    /// <summary>The key; its value is left out for steps that wrote it.</summary>
    public KeyValueEntry? Entry { get; init; }

    /// <summary>The node.</summary>
    public CatalogNode? Node { get; init; }

    /// <summary>The service instance.</summary>
    public CatalogService? Service { get; init; }

    /// <summary>The check.</summary>
    public CatalogCheck? Check { get; init; }
}
