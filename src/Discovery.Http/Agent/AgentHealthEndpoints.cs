using Discovery.Infrastructure;

namespace Discovery.Agent;

/// <summary><c>/v1/agent/health</c>: one word, and one status code, for all checks of a service and of its node.</summary>
internal sealed class AgentHealthEndpoints(ILocalAgent agent) : IEndpointGroup
{
    private const string Maintenance = "maintenance";

    public void Map(ApiRoutes routes)
    {
        routes.Add("agent/health/service/id/", ApiMethods.Get, AgentCall.WithoutNamespace(ByIdAsync));
        routes.Add("agent/health/service/name/", ApiMethods.Get, AgentCall.WithoutNamespace(ByNameAsync));
    }

    private Task ByIdAsync(ApiCall call)
    {
        string id = call.RestSpan.IsEmpty ? throw new ApiException(500, "Bad request: Missing serviceID") : call.Rest;
        if (agent.FindService(id) is not { } service)
        {
            string missing = $"ServiceId {id} not found";
            SetReason(call, missing);
            return call.WriteAsync(404, IsText(call)
                ? new JsonBuffer(256).String(missing)
                : new JsonBuffer(256).Raw("{\"AggregatedStatus\":\"critical\",\"Service\":null,\"Checks\":null}"u8));
        }

        IReadOnlyList<AgentCheckRow> checks = ChecksOf(service, AgentCheckRow.Read(agent));
        string status = Worst(checks);
        SetReason(call, status);
        return IsText(call)
            ? call.WriteTextAsync(CodeOf(status), status, "text/plain")
            : call.WriteAsync(CodeOf(status), Write(new JsonBuffer(), service, status, checks));
    }

    private Task ByNameAsync(ApiCall call)
    {
        string name = call.RestSpan.IsEmpty ? throw new ApiException(500, "Bad request: Missing service Name") : call.Rest;
        IReadOnlyList<AgentCheckRow> all = AgentCheckRow.Read(agent);
        var json = new JsonBuffer();
        string worst = "";
        foreach (AgentService service in agent.Services)
        {
            if (string.Equals(service.Service.Name, name, StringComparison.Ordinal))
            {
                IReadOnlyList<AgentCheckRow> checks = ChecksOf(service, all);
                string status = Worst(checks);
                json.Byte(worst.Length == 0 ? (byte)'[' : (byte)',');
                Write(json, service, status, checks);
                worst = Rank(status) > Rank(worst) ? status : worst;
            }
        }

        bool isKnown = worst.Length > 0;
        string reason = isKnown ? worst : $"ServiceName {name} Not Found";
        int code = isKnown ? CodeOf(worst) : 404;
        SetReason(call, reason);
        if (IsText(call))
        {
            json.Dispose();
            return call.WriteTextAsync(code, reason, "text/plain");
        }

        return call.WriteAsync(code, isKnown ? json.Byte((byte)']') : json.Raw("[]"u8));
    }

    // The checks of the service, then those of the node.
    private static IReadOnlyList<AgentCheckRow> ChecksOf(AgentService service, IReadOnlyList<AgentCheckRow> all) =>
    [
        .. all.Where(row => row.Check.Check.ServiceId == service.Service.Id),
        .. all.Where(static row => row.Check.Check.ServiceId.Length == 0),
    ];

    private static string Worst(IReadOnlyList<AgentCheckRow> checks)
    {
        CheckStatus worst = CheckStatus.Passing;
        foreach (AgentCheckRow row in checks)
        {
            string id = row.Check.Check.CheckId;
            if (id == "_node_maintenance" || id.StartsWith("_service_maintenance:", StringComparison.Ordinal))
            {
                return Maintenance;
            }

            worst = row.Check.Check.Status > worst ? row.Check.Check.Status : worst;
        }

        return AgentJson.StatusText(worst);
    }

    private static JsonBuffer Write(JsonBuffer json, AgentService service, string status, IReadOnlyList<AgentCheckRow> checks)
    {
        json.Raw("{\"AggregatedStatus\":"u8).String(status).Raw(",\"Service\":"u8).Service(service.Service).Raw(",\"Checks\":["u8);
        for (int i = 0; i < checks.Count; i++)
        {
            _ = i > 0 ? json.Byte((byte)',') : json;
            json.CheckOfHealth(checks[i].Check, checks[i].ServiceTags);
        }

        return json.Raw("]}"u8);
    }

    private static int Rank(string status) => status switch
    {
        "passing" => 1,
        "warning" => 2,
        "critical" => 3,
        Maintenance => 4,
        _ => 0,
    };

    private static int CodeOf(string status) => status switch
    {
        "passing" => 200,
        "warning" => 429,
        _ => 503,
    };

    private static bool IsText(ApiCall call) =>
        call.Query.Get("format") == "text"
        || call.Http.Request.Headers.Accept.ToString().StartsWith("text/plain", StringComparison.Ordinal);

    // A name that a header cannot carry is told in the body alone.
    private static void SetReason(ApiCall call, string reason)
    {
        if (System.Text.Ascii.IsValid(reason) && !reason.Any(char.IsControl))
        {
            call.Http.Response.Headers["X-Consul-Reason"] = reason;
        }
    }
}
