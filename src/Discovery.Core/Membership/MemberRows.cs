using Discovery.Agent;
using Discovery.Catalog;

namespace Discovery.Membership;

/// <summary>Compares the members with what the catalog shows of them. Pure.</summary>
/// <remarks>
/// These are Consul's rules: an alive member is a node with a passing <c>serfHealth</c>, a server an instance of service <c>consul</c> too;
/// a failed one has a critical <c>serfHealth</c>; one that has left is in the catalog no more. A witness is no instance: who looks for that
/// service looks for somebody who answers. Nobody owns these rows: an agent neither writes nor removes them. Where somebody registers a
/// service of the id <c>consul</c> with an agent, that one stays. The row of the own node is the business of its agent, which knows more of
/// it than a member's tags tell.
/// </remarks>
internal static class MemberRows
{
    public const string ServiceId = "consul";
    public const string CheckId = "serfHealth";

    /// <summary>What has to be written so that the catalog shows the members as they are, in the order of the members.</summary>
    public static IReadOnlyList<RegisterCommand> Compare(
        IReadOnlyList<Member> members, string local, StateSnapshot snapshot, CatalogTables tables)
    {
        var commands = new List<RegisterCommand>();
        foreach (Member member in members)
        {
            bool isLocal = string.Equals(member.Name, local, StringComparison.OrdinalIgnoreCase);
            if (member.Status is MemberStatus.Alive or MemberStatus.Failed
                && Compare(member, isLocal, snapshot, tables) is { } command)
            {
                commands.Add(command);
            }
        }

        return commands;
    }

    /// <summary>
    /// The members that have left and whose nodes are still in the catalog, never the own one; and what witnesses are shown to offer.
    /// </summary>
    public static IReadOnlyList<DeregisterCommand> Departed(
        IReadOnlyList<Member> members, string local, StateSnapshot snapshot, CatalogTables tables) =>
    [
        .. members
            .Where(member => member.Status == MemberStatus.Left
                && !string.Equals(member.Name, local, StringComparison.OrdinalIgnoreCase)
                && snapshot.Get(tables.Nodes, CatalogKeys.Folded(member.Name)) is not null)
            .Select(static member => new DeregisterCommand { Node = member.Name }),
        .. members
            .Where(member => MemberTags.IsWitness(member)
                && snapshot.Get(tables.Services, CatalogKeys.OnNode(member.Name, ServiceId)) is { Owner: null })
            .Select(static member => new DeregisterCommand { Node = member.Name, ServiceId = ServiceId }),
    ];

    /// <summary>
    /// Shows the node of this name as failed, so that another id may have the name: when this node is a member, and that id is nobody's.
    /// </summary>
    public static RegisterCommand? FreeName(IReadOnlyList<Member> members, AgentIdentity identity, Guid holder)
    {
        Member? own = members.FirstOrDefault(member => MemberTags.IdOf(member) == identity.Id);
        return own is null || members.Any(member => MemberTags.IdOf(member) == holder) ? null : new RegisterCommand
        {
            Node = new CatalogNode { Name = identity.Name, Address = identity.Address, Datacenter = identity.Datacenter },
            SkipNodeUpdate = true,
            Checks = [CheckOf(own with { Status = MemberStatus.Failed }, identity.Name)],
        };
    }

    private static RegisterCommand? Compare(Member member, bool isLocal, StateSnapshot snapshot, CatalogTables tables)
    {
        CatalogNode? shown = snapshot.Get(tables.Nodes, CatalogKeys.Folded(member.Name));
        Guid id = MemberTags.IdOf(member);
        if (isLocal && (shown is null || (shown.Id != id && id != Guid.Empty)))
        {
            return null;
        }

        string node = shown?.Name ?? member.Name;
        bool isNodeShown = isLocal || (shown is not null && shown.Address == member.Address && (id == Guid.Empty || shown.Id == id));
        bool offers = MemberTags.IsServer(member) && !MemberTags.IsWitness(member) && member.Status == MemberStatus.Alive;
        CatalogService? service = offers ? ServiceOf(member, node) : null;
        bool isServiceShown = service is null
            || (snapshot.Get(tables.Services, CatalogKeys.OnNode(node, ServiceId)) is { } row
                && (row.Owner is not null || CatalogRows.AreSame(row, service)));
        CatalogCheck check = CheckOf(member, node);
        bool isCheckShown = snapshot.Get(tables.Checks, CatalogKeys.OnNode(node, CheckId)) is { } found
            && CatalogRows.AreSame(found, check);
        return isNodeShown && isServiceShown && isCheckShown ? null : new RegisterCommand
        {
            Node = new CatalogNode
            {
                Name = node,
                Id = id,
                Address = member.Address,
                Datacenter = shown?.Datacenter ?? member.Tags.GetValueOrDefault("dc", ""),
                TaggedAddresses = shown?.TaggedAddresses ?? StringMap.Empty,
                Meta = shown?.Meta ?? StringMap.Empty,
            },
            SkipNodeUpdate = isNodeShown,
            Service = isServiceShown ? null : service,
            Checks = isCheckShown ? [] : [check],
        };
    }

    private static CatalogService ServiceOf(Member member, string node) => new()
    {
        Node = node,
        Id = ServiceId,
        Name = ServiceId,
        Port = MemberTags.PortOf(member),
        Meta = MemberTags.ServiceMeta(member),
    };

    private static CatalogCheck CheckOf(Member member, string node) => new()
    {
        Node = node,
        CheckId = CheckId,
        Name = "Serf Health Status",
        Status = member.Status == MemberStatus.Alive ? CheckStatus.Passing : CheckStatus.Critical,
        Output = member.Status == MemberStatus.Alive ? "Agent alive and reachable" : "Agent not live or unreachable",
    };
}
