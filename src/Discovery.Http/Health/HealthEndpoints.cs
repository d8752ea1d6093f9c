using Discovery.Infrastructure;

namespace Discovery.Health;

/// <summary><c>/v1/health</c>: instances with their checks, and checks.</summary>
internal sealed class HealthEndpoints(IDiscoveryNode node) : IEndpointGroup
{
    private static readonly Func<ApiCall, ServiceSelection, Task> WriteInstances = InstanceRendering.Health.WriteAsync;

    private IServiceCatalog Catalog => node.Catalog;

    public void Map(ApiRoutes routes)
    {
        routes.Add("health/service/", ApiMethods.Get, ServiceAsync);
        routes.Add("health/node/", ApiMethods.Get, NodeAsync);
        routes.Add("health/checks/", ApiMethods.Get, ChecksAsync);
        routes.Add("health/state/", ApiMethods.Get, StateAsync);
        routes.Add("health/connect/", ApiMethods.Get, MeshAsync);
        routes.Add("health/ingress/", ApiMethods.Get, MeshAsync);
    }

    private Task ServiceAsync(ApiCall call)
    {
        call.RefuseNamespace();
        QueryOptions options = call.ReadOptions();
        var query = new ServiceQuery(call.RequireRest("Missing service name"))
        {
            Health = IsPassingOnly(call) ? HealthFilter.Passing : HealthFilter.Any,
            Tags = call.Query.GetAll("tag"),
            NodeMeta = call.NodeMeta(),
            Filter = call.Filter(),
            Near = call.Near(),
        };
        call.ShowCache();
        return call.RunAsync(options, (o, cancelled) => Catalog.QueryViewAsync(query, o, cancelled), WriteInstances);
    }

    private Task NodeAsync(ApiCall call)
    {
        call.RefuseNamespace();
        QueryOptions options = call.ReadOptions();
        return ChecksAsync(call, options, new CheckQuery { Node = call.RequireRest("Missing node name"), Filter = call.Filter() });
    }

    private Task ChecksAsync(ApiCall call)
    {
        call.RefuseNamespace();
        QueryOptions options = call.ReadOptions();
        return ChecksAsync(call, options, new CheckQuery
        {
            Service = call.RequireRest("Missing service name"),
            NodeMeta = call.NodeMeta(),
            Filter = call.Filter(),
            Near = call.Near(),
        });
    }

    private Task StateAsync(ApiCall call)
    {
        call.RefuseNamespace();
        QueryOptions options = call.ReadOptions();
        string state = call.RequireRest("Missing check state");
        var query = new CheckQuery { NodeMeta = call.NodeMeta(), Filter = call.Filter(), Near = call.Near() };
        return ChecksAsync(call, options, state switch
        {
            "any" => query,
            "passing" => query with { Status = CheckStatus.Passing },
            "warning" => query with { Status = CheckStatus.Warning },
            "critical" => query with { Status = CheckStatus.Critical },

            // No check is in a state that there is not; a query that blocks on it waits its time.
            _ => query with { Filter = "CheckID == \"\"" },
        });
    }

    private Task ChecksAsync(ApiCall call, QueryOptions options, CheckQuery query) =>
        call.RunAsync(options, (o, cancelled) => Catalog.QueryChecksAsync(query, o, cancelled), WriteChecks);

    // There is no service mesh: nothing is ever in these lists.
    private Task MeshAsync(ApiCall call)
    {
        call.RefuseNamespace();
        QueryOptions options = call.ReadOptions();
        var query = new ServiceQuery(call.RequireRest("Missing service name")) { Filter = ServiceMesh.NoInstance };
        call.ShowCache();
        return call.RunAsync(options, (o, cancelled) => Catalog.QueryViewAsync(query, o, cancelled), WriteInstances);
    }

    private static bool IsPassingOnly(ApiCall call) => call.Query.Has("passing") && call.Query.GetRaw("passing") switch
    {
        "" or "1" or "t" or "T" or "TRUE" or "true" or "True" => true,
        "0" or "f" or "F" or "FALSE" or "false" or "False" => false,
        _ => throw ApiException.BadRequest("Invalid value for ?passing"),
    };

    private static Task WriteChecks(ApiCall call, IReadOnlyList<CheckDetails> checks)
    {
        var json = new JsonBuffer();
        json.Byte((byte)'[');
        for (int i = 0; i < checks.Count; i++)
        {
            CatalogJson.WriteCheck(i > 0 ? json.Byte((byte)',') : json, checks[i].Check, checks[i].ServiceTags);
        }

        return call.WriteAsync(json.Byte((byte)']'));
    }
}
