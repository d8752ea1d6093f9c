using System.Globalization;
using Discovery.Infrastructure;

namespace Discovery.Agent;

/// <summary><c>/v1/agent/service</c> and <c>/v1/agent/services</c>: what this agent offers.</summary>
internal sealed class AgentServiceEndpoints(ILocalAgent agent, AgentRegistrationReader reader, NodeRuntime runtime) : IEndpointGroup
{
    public void Map(ApiRoutes routes)
    {
        routes.Add("agent/services", ApiMethods.Get, AgentCall.WithoutNamespace(ServicesAsync));
        routes.Add("agent/service/", ApiMethods.Get, AgentCall.WithoutNamespace(ServiceAsync));
        routes.Add("agent/service/register", ApiMethods.Put, AgentCall.WithoutNamespace(RegisterAsync));
        routes.Add("agent/service/deregister/", ApiMethods.Put, AgentCall.WithoutNamespace(DeregisterAsync));
        routes.Add("agent/service/maintenance/", ApiMethods.Put, AgentCall.WithoutNamespace(MaintenanceAsync));
    }

    private Task ServicesAsync(ApiCall call)
    {
        BoundFilter<CatalogService>? filter = AgentFilters.Bind(AgentFilters.Service, call.Query.Get("filter"));
        var json = new JsonBuffer();
        byte before = (byte)'{';
        foreach (AgentService service in agent.Services)
        {
            if (filter is null || filter.Matches(service.Service))
            {
                json.Byte(before).String(service.Service.Id).Byte((byte)':').Service(service.Service);
                before = (byte)',';
            }
        }

        return call.WriteAsync(before == ',' ? json.Byte((byte)'}') : json.Raw("{}"u8));
    }

    // With the hash of what the caller has, the reply waits until there is something else.
    private Task ServiceAsync(ApiCall call)
    {
        TimeSpan wait = call.ReadWaiting().Wait;
        string seen = call.Query.Get("hash");
        AgentService? service = agent.FindService(call.Rest);
        return service is not null && seen.Length > 0 && seen == HashOf(service)
            ? WaitAsync(call, service, seen, wait)
            : WriteAsync(call, service);
    }

    private async Task WaitAsync(ApiCall call, AgentService? service, string seen, TimeSpan wait)
    {
        call.EnterBlocking();
        using var limit = new CancellationTokenSource(call.Server.WaitOf(wait), runtime.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, call.Aborted);
        try
        {
            while (service is not null && HashOf(service) == seen)
            {
                service = await agent.WaitForChangeAsync(call.Rest, service, either.Token);
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !call.Aborted.IsCancellationRequested)
        {
            // The time is over: the reply is what is there, changed or not.
        }
        finally
        {
            call.Server.LeaveBlocking();
        }

        await WriteAsync(call, service);
    }

    private static Task WriteAsync(ApiCall call, AgentService? service)
    {
        if (service is null)
        {
            throw new ApiException(404, $"unknown service ID: {call.Rest}");
        }

        string hash = HashOf(service);
        call.Http.Response.Headers["X-Consul-Contenthash"] = hash;
        var json = new JsonBuffer();
        return call.WriteAsync(json.OpenService(service.Service).Raw(",\"ContentHash\":"u8).String(hash).Byte((byte)'}'));
    }

    private async Task RegisterAsync(ApiCall call)
    {
        byte[] body = await call.ReadBodyAsync();
        ServiceRegistration registration = reader.ReadService(body);
        AgentRegisterOptions options = IsReplacing(call) ? AgentRegistrationReader.Replacing : AgentRegistrationReader.Keeping;
        await AgentTrouble.ToReplyAsync(
            call.KeepAsync(runtime, shown => agent.RegisterServiceAsync(registration, options, call.LocalContext(), shown)),
            "Invalid service: ");
        await call.WriteEmptyAsync();
    }

    private async Task DeregisterAsync(ApiCall call)
    {
        if (call.RestSpan.IsEmpty)
        {
            throw new ApiException(500, "ServiceID missing");
        }

        // An unknown id is well taken out, as far as Consul 1.8 goes.
        await call.KeepAsync(runtime, async shown => await agent.DeregisterServiceAsync(call.Rest, call.LocalContext(), shown));
        await call.WriteEmptyAsync();
    }

    private async Task MaintenanceAsync(ApiCall call)
    {
        string id = call.RequireRest("Missing service ID");
        MaintenanceMode mode = AgentNodeEndpoints.ReadMaintenance(call);
        if (agent.FindService(id) is null)
        {
            throw new ApiException(404, $"No service registered with ID \"{id}\"");
        }

        // The reason of the first time stays.
        string checkId = $"_service_maintenance:{id}";
        if (mode == MaintenanceMode.Off || !agent.Checks.Any(check => check.Check.CheckId == checkId))
        {
            await call.KeepAsync(runtime, shown => agent.SetServiceMaintenanceAsync(
                id, mode, call.Query.Get("reason"), RegistrationLifetime.DataDirectory, call.LocalContext(), shown));
        }

        await call.WriteEmptyAsync();
    }

    private static bool IsReplacing(ApiCall call) =>
        call.Query.TryGet("replace-existing-checks", out string value) && value is "" or "true";

    // FNV-1a over what is shown: whoever sees the same gets the same hash, also from another node.
    private static string HashOf(AgentService service)
    {
        using JsonBuffer json = new JsonBuffer().Service(service.Service);
        ulong hash = 14695981039346656037;
        foreach (byte one in json.Written)
        {
            hash = (hash ^ one) * 1099511628211;
        }

        return hash.ToString("x16", CultureInfo.InvariantCulture);
    }
}
