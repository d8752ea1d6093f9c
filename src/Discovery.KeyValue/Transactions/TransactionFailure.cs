namespace Discovery;

/// <summary>A step that failed, and with it the whole transaction.</summary>
/// <param name="Operation">The step's place in the transaction, from 0.</param>
/// <param name="Refusal">Why.</param>
public sealed record TransactionFailure(int Operation, TransactionRefusal Refusal)
{
    /// <summary>The modify index that was found, for <see cref="TransactionRefusal.IndexMismatch"/>.</summary>
    public ulong CurrentIndex { get; init; }

    /// <summary>The session that was found, for <see cref="TransactionRefusal.SessionMismatch"/>.</summary>
    public Guid CurrentSession { get; init; }

    /// <summary>What the catalog said, for <see cref="TransactionRefusal.Catalog"/>.</summary>
    public CatalogRefusedSubject? Catalog { get; init; }
}
