using Discovery.Consul;
using Discovery.Infrastructure;

namespace Discovery.Operator;

/// <summary><c>/v1/operator/raft</c>: who keeps the log. The id of a server is its node id.</summary>
/// <remarks>
/// Nothing here blocks, and nothing has the index headers, as in Consul. To hand over is of newer Consuls; to recover is our own: Consul's
/// servers read a file for it, <c>peers.json</c>.
/// </remarks>
internal sealed class RaftEndpoints(IClusterOperator cluster) : IEndpointGroup
{
    // What Consul calls the protocol in which a server is known by an id of its own.
    private const string Protocol = "3";

    public void Map(ApiRoutes routes)
    {
        routes.Add("operator/raft/configuration", ApiMethods.Get, ConfigurationAsync);
        routes.Add("operator/raft/peer", ApiMethods.Delete, RemoveAsync);
        routes.Add("operator/raft/transfer-leader", ApiMethods.Post, TransferAsync);
        routes.Add("operator/raft/recover", ApiMethods.Put, RecoverAsync);
    }

    private async Task ConfigurationAsync(ApiCall call)
    {
        QueryOptions options = call.ReadOptions();
        call.RefuseForeignDatacenter();
        ClusterConfiguration configuration = options.Consistency == ReadConsistency.Stale
            ? cluster.Configuration
            : await cluster.ReadConfigurationAsync(call.Aborted);
        var json = new JsonBuffer();
        json.Raw("{\"Servers\":["u8);
        for (int i = 0; i < configuration.Servers.Count; i++)
        {
            ClusterServer server = configuration.Servers[i];
            (i > 0 ? json.Byte((byte)',') : json).Raw("{\"ID\":"u8).Id(server.NodeId);
            json.Raw(",\"Node\":"u8).String(server.Name);
            json.Raw(",\"Address\":"u8).String(server.Address);
            json.Raw(",\"Leader\":"u8).Bool(server.IsLeader);
            json.Raw(",\"ProtocolVersion\":"u8).String(Protocol);
            json.Raw(",\"Voter\":"u8).Bool(server.Role != ServerRole.Learner);
            (server.Role == ServerRole.Witness ? json.Raw(",\"Witness\":true"u8) : json).Byte((byte)'}');
        }

        await call.WriteAsync(json.Raw("],\"Index\":"u8).Number(configuration.Index).Byte((byte)'}'));
    }

    private async Task RemoveAsync(ApiCall call)
    {
        bool hasId = call.Query.Has("id");
        bool hasAddress = call.Query.Has("address");
        if (!hasId && !hasAddress)
        {
            throw ApiException.BadRequest(
                "Bad request: Must specify either ?id with the server's ID or ?address with IP:port of peer to remove");
        }

        if (hasId && hasAddress)
        {
            throw ApiException.BadRequest("Bad request: Must specify only one of ?id or ?address");
        }

        call.RefuseForeignDatacenter();
        ClusterConfiguration configuration = await cluster.ReadConfigurationAsync(call.Aborted);
        ClusterServer server = hasId
            ? ClusterServers.ById(configuration, call.Query.Get("id"))
            : ClusterServers.ByAddress(configuration, call.Query.Get("address"));
        await cluster.RemoveServerAsync(server.NodeId, call.Aborted);
        await call.WriteEmptyAsync();
    }

    private async Task TransferAsync(ApiCall call)
    {
        call.RefuseForeignDatacenter();
        Guid? target = null;
        if (call.Query.Get("id") is { Length: > 0 } id)
        {
            target = ClusterServers.ById(await cluster.ReadConfigurationAsync(call.Aborted), id).NodeId;
        }

        await cluster.TransferLeadershipAsync(target, call.Aborted);
        await call.WriteAsync(new JsonBuffer(32).Raw("{\"Success\":true}"u8));
    }

    private async Task RecoverAsync(ApiCall call)
    {
        call.RefuseForeignDatacenter();
        string reason = call.Query.Get("reason");
        if (string.IsNullOrWhiteSpace(reason) || reason.Any(char.IsControl))
        {
            throw ApiException.BadRequest(
                "Bad request: ?reason must say why the majority is given up, in one line. "
                + "What only the lost servers had is lost, for good");
        }

        RecoveryReport report = await cluster.RecoverAsync(reason, call.Aborted);
        JsonBuffer json = new JsonBuffer().Raw("{\"Cluster\":"u8).Id(report.Cluster);
        json.Raw(",\"ClusterBefore\":"u8).Id(report.ClusterBefore).Raw(",\"Lineage\":"u8).Id(report.Lineage);
        json.Raw(",\"LastIndex\":"u8).Number(report.LastIndex).Raw(",\"LastTerm\":"u8).Number((ulong)report.LastTerm);
        json.Raw(",\"Lost\":["u8);
        for (int i = 0; i < report.Lost.Count; i++)
        {
            ClusterServer lost = report.Lost[i];
            (i > 0 ? json.Byte((byte)',') : json).Raw("{\"ID\":"u8).Id(lost.NodeId);
            json.Raw(",\"Node\":"u8).String(lost.Name).Raw(",\"Address\":"u8).String(lost.Address).Byte((byte)'}');
        }

        await call.WriteAsync(json.Raw("]}"u8));
    }
}
