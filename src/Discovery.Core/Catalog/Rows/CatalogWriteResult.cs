namespace Discovery.Catalog;

/// <summary>The catalog's answer to a write.</summary>
/// <param name="Status">What came of it.</param>
/// <param name="Subject">What stands in the way: a node id, a service id, an owner.</param>
internal readonly record struct CatalogWriteResult(CatalogWriteStatus Status, string Subject)
{
    public static readonly CatalogWriteResult Ok = new(CatalogWriteStatus.Ok, "");
}
