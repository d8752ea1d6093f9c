using System.Globalization;
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
            throw new ApiException(500, TextOf(refused, body));
        }

        await call.WriteAsync(new JsonBuffer(16).Bool(true));
    }

    private async Task DeregisterAsync(ApiCall call)
    {
        call.RefuseNamespace();
        CatalogDeregisterBody body = await call.ReadJsonAsync(CatalogDeregisterBody.Shape);
        CallContext context = ContextOf(call, body.Datacenter, body.Token);
        RefuseForeignDatacenter(context);
        if (body.Node.Length == 0)
        {
            throw new ApiException(500, "Must provide node");
        }

        await node.Catalog.DeregisterAsync(
            new CatalogDeregistration
            {
                Node = body.Node,
                ServiceId = body.ServiceId.Length > 0 ? body.ServiceId : null,
                CheckId = body.ServiceId.Length == 0 && body.CheckId.Length > 0 ? body.CheckId : null,
                Ownership = CatalogOwnership.Consul,
            },
            context,
            call.Aborted);
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

    private static string TextOf(CatalogRefusedException refused, CatalogRegisterBody body) => refused.Reason switch
    {
        CatalogRefusal.NodeMissing => "Must provide node",
        CatalogRefusal.AddressMissing => "Must provide address if SkipNodeUpdate is not set",
        CatalogRefusal.ServiceNameMissing => "Must provide service name with ID",
        CatalogRefusal.ServiceAddressInvalid => "Invalid service address",
        CatalogRefusal.CheckNodeMismatch => $"check node \"{refused.Subject}\" does not match node \"{body.Node}\"",
        CatalogRefusal.CheckNameMissing =>
            $"failed inserting check: failed inserting check: object missing primary index on node \"{body.Node}\"",
        CatalogRefusal.ServiceNotOnNode => $"failed inserting check: Missing service registration on node \"{body.Node}\"",
        CatalogRefusal.NodeNameReserved => string.Create(
            CultureInfo.InvariantCulture,
            $"failed inserting node: Error while renaming Node ID: \"{body.Id}\": Node name {body.Node} is reserved by node "
            + $"{refused.Subject} with name {body.Node}"),
        _ => refused.Message,
    };
}
