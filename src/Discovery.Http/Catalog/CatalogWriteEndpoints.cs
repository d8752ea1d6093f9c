using Discovery.Infrastructure;

namespace Discovery.Catalog;

/// <summary><c>/v1/catalog/register</c> and <c>/v1/catalog/deregister</c>: writes that no agent makes, by Consul's rules.</summary>
internal sealed class CatalogWriteEndpoints(IDiscoveryNode node) : IEndpointGroup
{
    public void Map(ApiRoutes routes)
    {
        routes.Add("catalog/register", ApiMethods.Put, RegisterAsync);
        routes.Add("catalog/deregister", ApiMethods.Put, DeregisterAsync);
    }

    private async Task RegisterAsync(ApiCall call)
    {
        call.RefuseNamespace();
        CatalogRegisterBody body = await call.ReadJsonAsync(CatalogRegisterBody.Shape);
        CallContext context = ContextOf(call, body.Datacenter, body.Token);
        RefuseForeignDatacenter(context);
        try
        {
            await node.Catalog.RegisterAsync(CatalogBodies.ToRegistration(body), context, call.Aborted);
        }
        catch (CatalogRefusedException refused)
        {
            throw new ApiException(500, CatalogRefusalText.Of(refused, body));
        }

        await call.WriteAsync(new JsonBuffer(16).Bool(true));
    }

    private async Task DeregisterAsync(ApiCall call)
    {
        call.RefuseNamespace();
        CatalogDeregisterBody body = await call.ReadJsonAsync(CatalogDeregisterBody.Shape);
        CallContext context = ContextOf(call, body.Datacenter, body.Token);
        RefuseForeignDatacenter(context);
        try
        {
            await node.Catalog.DeregisterAsync(CatalogBodies.ToDeregistration(body), context, call.Aborted);
        }
        catch (CatalogRefusedException refused)
        {
            throw new ApiException(500, refused.Reason == CatalogRefusal.NodeMissing ? "Must provide node" : refused.Message);
        }

        await call.WriteAsync(new JsonBuffer(16).Bool(true));
    }

    // The datacenter of a write with a body is that of the body, never the one of the query.
    private static CallContext ContextOf(ApiCall call, string datacenter, string token) => call.Context with
    {
        Datacenter = datacenter.Length > 0 ? datacenter : null,
        Token = call.Token ?? (token.Length > 0 ? token : null),
    };

    private void RefuseForeignDatacenter(CallContext context)
    {
        if (context.Datacenter is { } other && !string.Equals(other, node.Datacenter, StringComparison.OrdinalIgnoreCase))
        {
            throw new DiscoveryException(DiscoveryError.NoPathToDatacenter, "No path to datacenter");
        }
    }
}
