using System.Globalization;
using System.Runtime.InteropServices;
using Discovery.Infrastructure;
using Microsoft.Extensions.Options;

namespace Discovery.Agent;

/// <summary>The numbers of <c>/v1/agent/self</c>, which <c>consul info</c> prints.</summary>
/// <remarks>An app that shares the node of another one has neither members nor a log of its own to tell of.</remarks>
internal sealed class AgentStats(
    IDiscoveryNode node,
    IOptions<NodeOptions> options,
    IMembershipSource? membership = null,
    ICommandLog? log = null,
    IClusterOperator? cluster = null)
{
    public void Write(JsonBuffer json, HttpApiOptions http)
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
            ("leader_addr", MemberAddress.OfLeader(membership?.Members ?? [], node.Status.Leader)),
            ("server", options.Value.Role == NodeRole.Server ? "true" : "false")));
        string index = Text((long)(log is { StateMachine: { KeepsState: true } state } ? state.Current.Index : 0));
        json.Raw(",\"raft\":"u8).Map(Group(
            ("applied_index", index),
            ("commit_index", index),
            ("last_log_index", index),
            ("num_peers", Text(PeerCount())),
            ("state", isLeader ? "Leader" : "Follower"),
            ("term", Text(log?.Leadership.Term ?? 0))));
        json.Raw(",\"runtime\":"u8).Map(Group(
            ("arch", RuntimeInformation.ProcessArchitecture == Architecture.X64
                ? "amd64"
                : Lower(RuntimeInformation.ProcessArchitecture.ToString())),
            ("cpu_count", Text(Environment.ProcessorCount)),
            ("goroutines", Text(ThreadPool.ThreadCount)),
            ("max_procs", Text(Environment.ProcessorCount)),
            ("os", AgentSelfEndpoints.SystemName),
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

    // The other voters, where this server is one.
    private int PeerCount()
    {
        ClusterServer[] voters = [.. (cluster?.Configuration.Servers ?? []).Where(static server => server.Role != ServerRole.Learner)];
        return voters.Any(server => server.NodeId == node.Id) ? voters.Length - 1 : 0;
    }

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
