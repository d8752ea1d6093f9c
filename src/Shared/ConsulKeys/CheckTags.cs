namespace Discovery.Consul;

/// <summary>What a check is shown with.</summary>
internal static class CheckTags
{
    /// <summary>The tags of the service that a check belongs to.</summary>
    public static async ValueTask<IReadOnlyList<string>> OfAsync(IServiceCatalog catalog, CatalogCheck check)
    {
        if (check.ServiceId.Length == 0)
        {
            return [];
        }

        QueryReply<NodeDetails?> reply = await catalog.QueryNodeAsync(
            new NodeServicesQuery(check.Node), new QueryOptions { Consistency = ReadConsistency.Stale });
        return reply.Body?.Services.FirstOrDefault(service => service.Id == check.ServiceId)?.Tags ?? [];
    }
}
