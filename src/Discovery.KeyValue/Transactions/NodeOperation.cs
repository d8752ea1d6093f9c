namespace Discovery;

/// <summary>A step on a node of the catalog.</summary>
/// <param name="Verb">What is done.</param>
/// <param name="Node">The node; for reads and deletes its id, or its name when it has no id; for the Cas verbs its modify index is
/// compared.</param>
public sealed record NodeOperation(CatalogVerb Verb, CatalogNode Node) : TransactionOperation
{
    /// <inheritdoc/>
    public override bool IsRead => Verb == CatalogVerb.Get;
}
