using System.Globalization;
using System.Runtime.InteropServices;
using Discovery.Infrastructure;
using Discovery.Wire;
using Microsoft.Extensions.Options;

namespace Discovery.Agent;

/// <summary><c>/v1/agent/self</c> and <c>/v1/agent/version</c>: what this node is.</summary>
/// <remarks>An app that shares the node of another one has neither members nor a log of its own to tell of.</remarks>
internal sealed class AgentSelfEndpoints(
    IDiscoveryNode node,
    IOptions<NodeOptions> options,
    IOptions<HealthOptions> health,
    IOptions<SessionLimitOptions> limits,
    IMembershipSource? membership = null,
    ICommandLog? log = null) : IEndpointGroup
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
        WriteStats(json, call.Server.Options);
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

    private void WriteStats(JsonBuffer json, HttpApiOptions http)
    {
        IReadOnlyList<AgentCheck> checks = node.Agent.Checks;
        int ttls = checks.Count(static check => check.Definition?.Kind == CheckKind.Ttl);
        int monitors = checks.Count(static check => check.Definition?.Kind == CheckKind.Script);
        json.Raw("{\"agent\":"u8).Map(Group(
            ("check_monitors", Text(monitors)),
            ("check_ttls", Text(ttls)),
            ("checks", Text(checks.Count)),
            ("services", Text(node.Agent.Services.Count))));
        json.Raw(",\"build\":"u8).Map(Group(("prerelease", ""), ("revision", ""), ("version", http.ConsulVersion)));
        bool isLeader = node.Status.Leader is { } leader && string.Equals(leader, node.Name, StringComparison.OrdinalIgnoreCase);
        json.Raw(",\"consul\":"u8).Map(Group(
            ("acl", "disabled"),
            ("bootstrap", options.Value.MemberTags.ContainsKey("bootstrap") ? "true" : "false"),
            ("known_datacenters", "1"),
            ("leader", isLeader ? "true" : "false"),
            ("leader_addr", isLeader ? Address(options.Value.ServerPort) : ""),
            ("server", IsServer ? "true" : "false")));
        string index = Text((long)(log is { StateMachine: { KeepsState: true } state } ? state.Current.Index : 0));
        json.Raw(",\"raft\":"u8).Map(Group(
            ("applied_index", index),
            ("commit_index", index),
            ("last_log_index", index),
            ("num_peers", "0"),
            ("state", isLeader ? "Leader" : "Follower"),
            ("term", Text(log?.Leadership.Term ?? 0))));
        json.Raw(",\"runtime\":"u8).Map(Group(
            ("arch", RuntimeInformation.ProcessArchitecture == Architecture.X64
                ? "amd64"
                : Lower(RuntimeInformation.ProcessArchitecture.ToString())),
            ("cpu_count", Text(Environment.ProcessorCount)),
            ("goroutines", Text(ThreadPool.ThreadCount)),
            ("max_procs", Text(Environment.ProcessorCount)),
            ("os", SystemName),
            ("version", Lower(RuntimeInformation.FrameworkDescription.Replace(" ", "", StringComparison.Ordinal)))));
        json.Raw(",\"serf_lan\":"u8).Map(Serf(membership?.Members ?? [])).Raw(",\"serf_wan\":"u8).Map(Serf(membership?.WanMembers ?? []));
        json.Byte((byte)'}');
    }

    private static Dictionary<string, string> Serf(IReadOnlyList<Member> members) => Group(
        ("encrypted", "false"),
        ("failed", Text(members.Count(static member => member.Status == MemberStatus.Failed))),
        ("health_score", "0"),
        ("left", Text(members.Count(static member => member.Status == MemberStatus.Left))),
        ("members", Text(members.Count)));

    private string Address(int port) => string.Create(CultureInfo.InvariantCulture, $"{node.Address}:{port}");

    private static Dictionary<string, string> Group(params ReadOnlySpan<(string Name, string Value)> pairs)
    {
        var group = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, string value) in pairs)
        {
            group[name] = value;
        }

        return group;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

#pragma warning disable CA1308 // Go's names of machines and systems are in lower case.
    private static string Lower(string text) => text.ToLowerInvariant();
#pragma warning restore CA1308
}
