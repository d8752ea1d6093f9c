using Discovery.Infrastructure;

namespace Discovery.Agent;

/// <summary><c>/v1/agent/check</c> and <c>/v1/agent/checks</c>: the checks of this agent.</summary>
internal sealed class AgentCheckEndpoints(ILocalAgent agent, AgentRegistrationReader reader, NodeRuntime runtime) : IEndpointGroup
{
    public void Map(ApiRoutes routes)
    {
        routes.Add("agent/checks", ApiMethods.Get, AgentCall.WithoutNamespace(ChecksAsync));
        routes.Add("agent/check/register", ApiMethods.Put, AgentCall.WithoutNamespace(RegisterAsync));
        routes.Add("agent/check/deregister/", ApiMethods.Put, AgentCall.WithoutNamespace(DeregisterAsync));
        routes.Add("agent/check/pass/", ApiMethods.Put, Report(CheckStatus.Passing));
        routes.Add("agent/check/warn/", ApiMethods.Put, Report(CheckStatus.Warning));
        routes.Add("agent/check/fail/", ApiMethods.Put, Report(CheckStatus.Critical));
        routes.Add("agent/check/update/", ApiMethods.Put, AgentCall.WithoutNamespace(UpdateAsync));
    }

    private Task ChecksAsync(ApiCall call)
    {
        BoundFilter<AgentCheckRow>? filter = AgentFilters.Bind(AgentFilters.Check, call.Query.Get("filter"));
        var json = new JsonBuffer();
        byte before = (byte)'{';
        foreach (AgentCheckRow row in AgentCheckRow.Read(agent))
        {
            if (filter is null || filter.Matches(row))
            {
                json.Byte(before).String(row.Check.Check.CheckId).Byte((byte)':').Check(row.Check, row.ServiceTags);
                before = (byte)',';
            }
        }

        return call.WriteAsync(before == ',' ? json.Byte((byte)'}') : json.Raw("{}"u8));
    }

    private async Task RegisterAsync(ApiCall call)
    {
        byte[] body = await call.ReadBodyAsync();
        (CheckDefinition definition, string? serviceId) = reader.ReadCheck(body);
        await AgentTrouble.ToReplyAsync(
            call.KeepAsync(runtime, shown => agent.RegisterCheckAsync(
                definition, serviceId, AgentRegistrationReader.Keeping, call.LocalContext(), shown)),
            "Invalid check: ");
        await call.WriteEmptyAsync();
    }

    private async Task DeregisterAsync(ApiCall call)
    {
        if (call.RestSpan.IsEmpty)
        {
            throw new ApiException(500, "CheckID missing");
        }

        await call.KeepAsync(runtime, async shown => await agent.DeregisterCheckAsync(call.Rest, call.LocalContext(), shown));
        await call.WriteEmptyAsync();
    }

    private async Task UpdateAsync(ApiCall call)
    {
        byte[] json = await call.ReadBodyAsync();
        var body = new CheckUpdateBody();
        AgentRegistrationReader.Decode(json, CheckUpdateBody.Shape, body);
        CheckStatus status = body.Status switch
        {
            "passing" => CheckStatus.Passing,
            "warning" => CheckStatus.Warning,
            "critical" => CheckStatus.Critical,
            _ => throw ApiException.BadRequest($"Invalid check status: '{body.Status}'"),
        };
        await ReportAsync(call, status, body.Output);
    }

    private ApiHandler Report(CheckStatus status) =>
        AgentCall.WithoutNamespace(call => ReportAsync(call, status, call.Query.Get("note")));

    private async Task ReportAsync(ApiCall call, CheckStatus status, string output)
    {
        try
        {
            await call.KeepAsync(runtime, shown => agent.UpdateCheckAsync(
                call.Rest, status, output, RegistrationLifetime.DataDirectory, call.LocalContext(), shown));
        }
        catch (DiscoveryException e) when (e.Error is DiscoveryError.NotFound or DiscoveryError.InvalidRequest)
        {
            throw new ApiException(500, $"CheckID \"{call.Rest}\" does not have associated TTL");
        }

        await call.WriteEmptyAsync();
    }
}
