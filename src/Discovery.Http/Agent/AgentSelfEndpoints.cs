using System.Globalization;
using System.Runtime.InteropServices;
using Discovery.Infrastructure;
using Discovery.Wire;
using Microsoft.Extensions.Options;

namespace Discovery.Agent;

/// <summary><c>/v1/agent/self</c> and <c>/v1/agent/version</c>: what this node is.</summary>
/// <remarks>An app that shares the node of another one has no members of its own to tell of.</remarks>
internal sealed class AgentSelfEndpoints(
    IDiscoveryNode node,
    IOptions<NodeOptions> options,
    IOptions<HealthOptions> health,
    IOptions<SessionLimitOptions> limits,
    AgentStats stats,
    IMembershipSource? membership = null) : IEndpointGroup
{
    public void Map(ApiRoutes routes)
    {
        routes.Add("agent/self", ApiMethods.Get, SelfAsync);
        routes.Add("agent/version", ApiMethods.Get, VersionAsync);
    }

    private static Task VersionAsync(ApiCall call) => call.WriteAsync(new JsonBuffer(256)
        .Raw("{\"SHA\":\"\",\"BuildDate\":\"1970-01-01T00:00:01Z\",\"HumanVersion\":"u8).String(call.Server.Options.ConsulVersion)
        .Raw(",\"FIPS\":\"\"}"u8));

    private Task SelfAsync(ApiCall call)
    {
        var json = new JsonBuffer();
        json.Raw("{\"Config\":{\"Datacenter\":"u8).String(node.Datacenter).Raw(",\"NodeName\":"u8).String(node.Name);
        json.Raw(",\"NodeID\":"u8).String(node.Id.ToString("D")).Raw(",\"Revision\":\"\",\"Server\":"u8).Bool(IsServer);
        json.Raw(",\"Version\":"u8).String(call.Server.Options.ConsulVersion).Raw("},\"DebugConfig\":"u8);
        WriteDebugConfig(json, call.Server.Options);
        json.Raw(",\"Coord\":{\"Vec\":[0,0,0,0,0,0,0,0],\"Error\":1.5,\"Adjustment\":0,\"Height\":0.00001},\"Member\":"u8);
        Member? member = membership?.Members.FirstOrDefault(one => string.Equals(one.Name, node.Name, StringComparison.OrdinalIgnoreCase));
        _ = member is null ? json.Raw("{}"u8) : json.Member(member);
        json.Raw(",\"Stats\":"u8);
        stats.Write(json, call.Server.Options);
        json.Raw(",\"Meta\":"u8).Map(Meta());
        return call.WriteAsync(json.Byte((byte)'}'));
    }

    /// <summary>The name of the operating system, as Go spells it.</summary>
    public static string SystemName => OperatingSystem.IsWindows() ? "windows" : OperatingSystem.IsMacOS() ? "darwin" : "linux";

    private bool IsServer => options.Value.Role == NodeRole.Server;

    private Dictionary<string, string> Meta()
    {
        var meta = new Dictionary<string, string>(options.Value.Meta, StringComparer.Ordinal);
        meta.TryAdd("consul-network-segment", "");
        return meta;
    }

    // What clients and tools read of Consul's running configuration, where it has a meaning here.
    private void WriteDebugConfig(JsonBuffer json, HttpApiOptions http)
    {
        json.Raw("{\"ACLsEnabled\":false,\"AdvertiseAddrLAN\":"u8).String(node.Address);
        json.Raw(",\"AdvertiseAddrWAN\":"u8).String(options.Value.AdvertiseAddressWan ?? node.Address);
        json.Raw(",\"CheckDeregisterIntervalMin\":"u8).String(GoDuration.Format(http.CheckDeregisterIntervalMin));
        json.Raw(",\"CheckOutputMaxSize\":"u8).Number(health.Value.CheckOutputMaxSize);
        json.Raw(",\"CheckUpdateInterval\":"u8).String(GoDuration.Format(health.Value.OutputUpdateInterval));
        json.Raw(",\"DataDir\":"u8).String(options.Value.DataDirectory).Raw(",\"Datacenter\":"u8).String(node.Datacenter);
        json.Raw(",\"DefaultQueryTime\":"u8).String(GoDuration.Format(http.DefaultQueryTime));
        json.Raw(",\"EnableLocalScriptChecks\":"u8).Bool(health.Value.EnableScriptChecks);
        json.Raw(",\"EnableRemoteScriptChecks\":"u8).Bool(health.Value.EnableScriptChecks && !http.RefuseScriptChecks);
        json.Raw(",\"EnableUI\":"u8).Bool(http.UiEnabled).Raw(",\"KVMaxValueSize\":"u8).Number(http.KeyValueBytesMax);
        json.Raw(",\"MaxQueryTime\":"u8).String(GoDuration.Format(http.MaxQueryTime));
        json.Raw(",\"NodeID\":"u8).String(node.Id.ToString("D"));
        json.Raw(",\"NodeMeta\":"u8).Map(new Dictionary<string, string>(options.Value.Meta));
        json.Raw(",\"NodeName\":"u8).String(node.Name).Raw(",\"PrimaryDatacenter\":"u8).String(node.Datacenter);
        json.Raw(",\"Revision\":\"\",\"SerfPortLAN\":"u8).Number(options.Value.SerfLanPort);
        json.Raw(",\"SerfPortWAN\":"u8).Number(options.Value.SerfWanPort).Raw(",\"ServerMode\":"u8).Bool(IsServer);
        json.Raw(",\"ServerPort\":"u8).Number(options.Value.ServerPort);

        // Consul shows none where nobody has set one.
        TimeSpan ttlMin = limits.Value.TtlMin == TimeSpan.FromSeconds(10) ? TimeSpan.Zero : limits.Value.TtlMin;
        json.Raw(",\"SessionTTLMin\":"u8).String(GoDuration.Format(ttlMin));
        json.Raw(",\"TxnMaxReqLen\":"u8).Number(http.TransactionBytesMax).Raw(",\"Version\":"u8);
        json.String(http.ConsulVersion).Raw(",\"VersionPrerelease\":\"\"}"u8);
    }
}
