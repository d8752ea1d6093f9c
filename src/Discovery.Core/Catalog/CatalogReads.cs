namespace Discovery.Catalog;

/// <summary>The reading half of the catalog: views, queries, watches and explanations.</summary>
internal sealed record CatalogReads(CatalogViews Views, CatalogQueries Queries, CatalogWatcher Watcher, CatalogExplainer Explainer);
