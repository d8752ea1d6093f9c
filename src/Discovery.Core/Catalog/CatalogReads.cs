namespace Discovery.Catalog;

/// <summary>The reading half of the catalog: views, queries, look-ups, watches and explanations.</summary>
internal sealed record CatalogReads(
    CatalogViews Views,
    CatalogQueries Queries,
    ServiceListQueries ServiceLists,
    NodeDetailQueries NodeDetails,
    NodeLookup Nodes,
    AddressIndex Addresses,
    CatalogWatcher Watcher,
    CatalogExplainer Explainer);
