using System.Globalization;
using Discovery.Agent;
using Discovery.Catalog;

namespace Discovery.Membership;

/// <summary>The tags by which Consul's servers know each other, and what the catalog shows of them.</summary>
internal static class MemberTags
{
    public const string Id = "id";
    public const string Role = "role";
    public const string ServerRole = "consul";
    public const string Port = "port";
    public const string Witness = "witness";

    private const string Build = "build";
    private const string RaftVersion = "raft_vsn";
    private const string NonVoter = "nonvoter";

    /// <summary>The tags of a server, as Consul 1.8.7 has them, and those that the options add.</summary>
    /// <param name="identity">The node.</param>
    /// <param name="options">What it says it is.</param>
    /// <param name="wanPort">The port of its WAN pool, for the LAN pool only; null: none.</param>
    public static StringMap OfServer(AgentIdentity identity, NodeOptions options, int? wanPort)
    {
        var tags = new SortedDictionary<string, string>(options.MemberTags, StringComparer.Ordinal)
        {
            ["acls"] = "0",
            [Build] = $"{options.ConsulVersion}:",
            ["dc"] = identity.Datacenter,
            ["ft_fs"] = "1",
            [Id] = identity.Id.ToString("D"),
            [Port] = options.ServerPort.ToString(CultureInfo.InvariantCulture),
            [RaftVersion] = "3",
            [Role] = ServerRole,
            ["segment"] = "",
            ["vsn"] = "2",
            ["vsn_max"] = "3",
            ["vsn_min"] = "2",
        };
        if (wanPort is { } wan)
        {
            tags["wan_join_port"] = wan.ToString(CultureInfo.InvariantCulture);
        }

        return StringMap.From(tags);
    }

    public static Guid IdOf(Member member) => Guid.TryParse(member.Tags.GetValueOrDefault(Id), out Guid id) ? id : Guid.Empty;

    public static bool IsServer(Member member) => member.Tags.GetValueOrDefault(Role) == ServerRole;

    public static bool IsWitness(Member member) => member.Tags.ContainsKey(Witness);

    public static int PortOf(Member member) =>
        int.TryParse(member.Tags.GetValueOrDefault(Port), NumberStyles.None, CultureInfo.InvariantCulture, out int port)
        && port <= CatalogLimits.PortMax ? port : 0;

    /// <summary>The address of a server's RPC port, as Go writes an address and a port.</summary>
    public static string AddressOf(Member member)
    {
        string host = member.Address.Contains(':', StringComparison.Ordinal) ? $"[{member.Address}]" : member.Address;
        return $"{host}:{member.Tags.GetValueOrDefault(Port)}";
    }

    /// <summary>The version of Consul that a member says it is.</summary>
    public static string VersionOf(Member member) => member.Tags.GetValueOrDefault(Build, "").Split(':')[0];

    /// <summary>The metadata of a server's instance of service <c>consul</c>.</summary>
    public static StringMap ServiceMeta(Member member) => StringMap.From(
        new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["non_voter"] = member.Tags.ContainsKey(NonVoter) ? "true" : "false",
            ["raft_version"] = member.Tags.GetValueOrDefault(RaftVersion, "0"),
            ["serf_protocol_current"] = member.ProtocolCur.ToString(CultureInfo.InvariantCulture),
            ["serf_protocol_max"] = member.ProtocolMax.ToString(CultureInfo.InvariantCulture),
            ["serf_protocol_min"] = member.ProtocolMin.ToString(CultureInfo.InvariantCulture),
            ["version"] = VersionOf(member),
        });
}
