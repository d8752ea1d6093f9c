using Discovery.Infrastructure;

namespace Discovery.Catalog;

/// <summary><c>/v1/catalog</c>: nodes, services and their instances, and writes that no agent makes.</summary>
internal sealed class CatalogEndpoints(IDiscoveryNode node) : IEndpointGroup
{
    public void Map(ApiRoutes routes) => routes.Add("catalog/datacenters", ApiMethods.Get, DatacentersAsync);

    private Task DatacentersAsync(ApiCall call) => call.WriteAsync(new JsonBuffer(256).Strings([node.Datacenter]));
}
