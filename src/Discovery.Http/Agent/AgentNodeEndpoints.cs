using Discovery.Infrastructure;

namespace Discovery.Agent;

/// <summary><c>/v1/agent</c>: the node itself: its members, joining and leaving, maintenance, reload.</summary>
internal sealed class AgentNodeEndpoints(
    ILocalAgent agent,
    NodeRuntime runtime,
    IEnumerable<ILeaveListener> listeners,
    IClusterOperator cluster,
    IMembershipSource? membership = null,
    INodeReload? reload = null) : IEndpointGroup
{
    private const string NodeMaintenance = "_node_maintenance";

    public void Map(ApiRoutes routes)
    {
        routes.Add("agent/members", ApiMethods.Get, MembersAsync);
        routes.Add("agent/maintenance", ApiMethods.Put, MaintenanceAsync);
        routes.Add("agent/join/", ApiMethods.Put, JoinAsync);
        routes.Add("agent/leave", ApiMethods.Put, LeaveAsync);
        routes.Add("agent/force-leave/", ApiMethods.Put, ForceLeaveAsync);
        routes.Add("agent/reload", ApiMethods.Put, ReloadAsync);
        routes.Add("agent/token/", ApiMethods.Put, static _ => throw new ApiException(401, "ACL support disabled"));
    }

    /// <summary>Whether a request turns maintenance on or off.</summary>
    public static MaintenanceMode ReadMaintenance(ApiCall call)
    {
        if (!call.Query.TryGet("enable", out string enable))
        {
            throw ApiException.BadRequest("Missing value for enable");
        }

        return enable switch
        {
            "1" or "t" or "T" or "true" or "TRUE" or "True" => MaintenanceMode.On,
            "0" or "f" or "F" or "false" or "FALSE" or "False" => MaintenanceMode.Off,
            _ => throw ApiException.BadRequest($"Invalid value for enable: {Wire.GoQuote.Quote(enable)}"),
        };
    }

    private IMembershipSource Membership => membership ?? throw Shared();

    private Task MembersAsync(ApiCall call)
    {
        bool isWan = call.Query.Get("wan").Length > 0;
        string segment = call.Query.Get("segment");
        if (segment is not ("" or "_all"))
        {
            throw isWan
                ? ApiException.BadRequest("Cannot provide a segment with wan=true")
                : new ApiException(500, "Network segments are not supported in this version of Consul");
        }

        var json = new JsonBuffer().Byte((byte)'[');
        IReadOnlyList<Member> members = (isWan ? membership?.WanMembers : membership?.Members) ?? [];
        for (int i = 0; i < members.Count; i++)
        {
            _ = i > 0 ? json.Byte((byte)',') : json;
            json.Member(members[i]);
        }

        return call.WriteAsync(json.Byte((byte)']'));
    }

    private async Task MaintenanceAsync(ApiCall call)
    {
        MaintenanceMode mode = ReadMaintenance(call);

        // The reason of the first time stays.
        if (mode == MaintenanceMode.Off || !agent.Checks.Any(static check => check.Check.CheckId == NodeMaintenance))
        {
            await call.KeepAsync(runtime, shown => agent.SetNodeMaintenanceAsync(
                mode, call.Query.Get("reason"), RegistrationLifetime.DataDirectory, call.LocalContext(), shown));
        }

        await call.WriteEmptyAsync();
    }

    private async Task JoinAsync(ApiCall call)
    {
        MemberPool pool = call.Query.Get("wan").Length > 0 ? MemberPool.Wan : MemberPool.Lan;
        try
        {
            await Membership.JoinAsync([call.Rest], pool, call.Aborted);
        }
        catch (DiscoveryException e) when (e.Error == DiscoveryError.PeerUnreachable)
        {
            string[] reasons = e.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            string head = reasons.Length == 1 ? "1 error" : $"{reasons.Length} errors";
            throw new ApiException(500, $"{head} occurred:\n{string.Concat(reasons.Select(static one => $"\t* {one}\n"))}\n");
        }

        await call.WriteEmptyAsync();
    }

    // Nobody is to be sent here any more, then the log goes on without this server, then the cluster hears it. A server that keeps its log
    // alone keeps it. The host stays: only a listener may end it.
    private async Task LeaveAsync(ApiCall call)
    {
        IMembershipSource own = Membership;
        await agent.DrainAsync(cancellationToken: call.Aborted);
        await cluster.LeaveOthersAsync(call.Aborted);
        await own.LeaveAsync(call.Aborted);
        call.Http.Response.OnCompleted(async () =>
        {
            foreach (ILeaveListener listener in listeners)
            {
                try
                {
                    await listener.OnLeftAsync(CancellationToken.None);
                }
                catch (Exception e)
                {
                    Log.LeaveListenerFailed(call.Server.Logger, e);
                }
            }
        });
        await call.WriteEmptyAsync();
    }

    private async Task ForceLeaveAsync(ApiCall call)
    {
        ForceLeaveMode mode = call.Query.Has("prune") ? ForceLeaveMode.Prune : ForceLeaveMode.Leave;
        try
        {
            await Membership.ForceLeaveAsync(call.Rest, mode, call.Aborted);
        }
        catch (DiscoveryException e) when (e.Error == DiscoveryError.NotFound)
        {
            throw new ApiException(500, $"agent: No node found with name '{call.Rest}'");
        }

        await call.WriteEmptyAsync();
    }

    private async Task ReloadAsync(ApiCall call)
    {
        await (reload ?? throw Shared()).ReloadAsync(call.Aborted);
        await call.WriteEmptyAsync();
    }

    private static ApiException Shared() => new(500, "This app shares the node of another app, which alone can do that");
}
