namespace Discovery;

/// <summary>A step on a check of the catalog.</summary>
/// <param name="Verb">What is done.</param>
/// <param name="Check">The check; for reads and deletes its node and id; for the Cas verbs its modify index is compared.</param>
public sealed record CheckOperation(CatalogVerb Verb, CatalogCheck Check) : TransactionOperation
{
    /// <inheritdoc/>
    public override bool IsRead => Verb == CatalogVerb.Get;
}
