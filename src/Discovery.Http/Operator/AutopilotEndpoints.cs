using System.Globalization;
using System.Text;
using Discovery.Consul;
using Discovery.Infrastructure;
using Discovery.Wire;

namespace Discovery.Operator;

/// <summary><c>/v1/operator/autopilot</c>: the rules by which the leader looks after the servers, and how it finds them.</summary>
/// <remarks>Nothing here blocks, and nothing has the index headers, as in Consul. The state is of newer Consuls.</remarks>
internal sealed class AutopilotEndpoints(IAutopilotStore store, IClusterOperator cluster, IMembershipSource membership) : IEndpointGroup
{
    private const int TooManyRequests = 429;

    public void Map(ApiRoutes routes)
    {
        routes.Add("operator/autopilot/configuration", ApiMethods.Get | ApiMethods.Put, ConfigurationAsync);
        routes.Add("operator/autopilot/health", ApiMethods.Get, HealthAsync);
        routes.Add("operator/autopilot/state", ApiMethods.Get, StateAsync);
    }

    private Task ConfigurationAsync(ApiCall call) => call.Method == "PUT" ? SetAsync(call) : GetAsync(call);

    private async Task GetAsync(ApiCall call)
    {
        QueryOptions options = call.ReadOptions() with { AfterIndex = 0 };
        QueryReply<AutopilotConfiguration> reply = await store.ReadAsync(options, call.Aborted);
        await call.WriteAsync(AutopilotJson.Write(new JsonBuffer(), reply.Body));
    }

    private async Task SetAsync(ApiCall call)
    {
        const string prefix = "Bad request: Error parsing autopilot config: ";
        var body = new AutopilotBody();
        AutopilotConfiguration? configuration = null;
        string? trouble = GoJson.Decode(await call.ReadBodyAsync(), AutopilotBody.Shape, body) ?? body.TryRead(out configuration);
        if (trouble is not null)
        {
            throw ApiException.BadRequest(prefix + trouble);
        }

        bool isSet = await store.SetAsync(configuration!, ReadCas(call), call.Context, call.Aborted);
        await call.WriteAsync(new JsonBuffer(16).Bool(isSet));
    }

    private static ulong? ReadCas(ApiCall call)
    {
        if (!call.Query.Has("cas"))
        {
            return null;
        }

        string text = call.Query.Get("cas");
        if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong index))
        {
            return index;
        }

        bool isNumber = text.Length > 0 && text.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0;
        throw ApiException.BadRequest(
            $"Bad request: Error parsing cas value: strconv.ParseUint: parsing {GoQuote.Quote(text)}: "
            + (isNumber ? "value out of range" : "invalid syntax"));
    }

    // What is unhealthy is told as the same JSON, but as a text: so has Consul it.
    private async Task HealthAsync(ApiCall call)
    {
        ClusterHealth health = await ReadHealthAsync(call);
        JsonBuffer json = AutopilotJson.WriteHealth(new JsonBuffer(), health, membership.Members);
        if (health.IsHealthy)
        {
            await call.WriteAsync(json);
            return;
        }

        using (json)
        {
            await call.WriteTextAsync(TooManyRequests, Encoding.UTF8.GetString(json.Written));
        }
    }

    private async Task StateAsync(ApiCall call)
    {
        ClusterHealth health = await ReadHealthAsync(call);
        await call.WriteAsync(AutopilotJson.WriteState(new JsonBuffer(), health, membership.Members));
    }

    private async ValueTask<ClusterHealth> ReadHealthAsync(ApiCall call)
    {
        call.ReadOptions();
        call.RefuseForeignDatacenter();
        return await cluster.ReadHealthAsync(call.Aborted);
    }
}
