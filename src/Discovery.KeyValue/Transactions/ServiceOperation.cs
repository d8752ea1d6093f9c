namespace Discovery;

/// <summary>A step on a service instance of the catalog.</summary>
/// <param name="Verb">What is done.</param>
/// <param name="Service">The instance; for reads and deletes its node and id; for the Cas verbs its modify index is compared.</param>
public sealed record ServiceOperation(CatalogVerb Verb, CatalogService Service) : TransactionOperation
{
    /// <inheritdoc/>
    public override bool IsRead => Verb == CatalogVerb.Get;
}
