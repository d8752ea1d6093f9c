using Discovery.Driver;
using Discovery.Protocol;

namespace Discovery.Autopilot;

/// <summary>Members and their health as operators see them.</summary>
internal sealed class ClusterShow(RaftServer server, ServerNames names, ClusterWatch watch)
{
    /// <summary>The configuration that this node follows.</summary>
    public ClusterConfiguration Configuration()
    {
        ConfigurationEntry entry = server.Driver?.Members ?? new ConfigurationEntry(0, RaftConfiguration.Empty);
        VoterId leader = server.Driver?.Leader ?? VoterId.None;
        return Show(entry.Configuration, entry.Index, leader);
    }

    public ClusterConfiguration Show(RaftConfiguration configuration, ulong index, VoterId leader) => new(
        [
            .. configuration.Everybody().Select(id => Show(configuration, id, leader))
                .OrderBy(static one => one.Name, StringComparer.Ordinal),
        ],
        index,
        configuration.IsJoint);

    /// <summary>How the servers are; null on a server that does not lead.</summary>
    public async Task<ClusterHealth?> HealthAsync(AutopilotConfiguration rules, CancellationToken cancellationToken)
    {
        if (await watch.LookAsync(rules, cancellationToken) is not var (view, facts))
        {
            return null;
        }

        ServerFacts[] members = [.. facts.Where(static one => one.Role is not null)];
        int votes = members.Count(static one => one.Role != MemberRole.Learner);
        int healthy = members.Count(static one => one is { Role: not MemberRole.Learner, IsHealthy: true });
        return new ClusterHealth(
            Array.TrueForAll(members, static one => one.IsHealthy),
            Math.Max(0, healthy - ((votes / 2) + 1)),
            view.IsSingleCopy,
            [
                .. members.Select(one => Show(view, one)).OrderBy(static one => one.Server.Name, StringComparer.Ordinal),
            ]);
    }

    private ServerHealth Show(OfficeView view, ServerFacts facts) => new()
    {
        Server = Show(view.Configuration, facts.Id, view.Self),
        IsHealthy = facts.IsHealthy,
        Status = facts.IsAlive ? MemberStatus.Alive : MemberStatus.Failed,
        LastContact = facts.LastContact,
        LastTerm = (long)facts.Match.Term,
        LastIndex = facts.Match.Index,
        StableSince = watch.StableSince(facts.Id),
    };

    /// <summary>A member's name.</summary>
    public string NameOf(VoterId id) => Find(id).Name;

    private (string Name, string Address) Find(VoterId id) =>
        server.Driver?.Self == id ? (server.NodeName, server.Address) : names.Find(id);

    private ClusterServer Show(RaftConfiguration configuration, VoterId id, VoterId leader)
    {
        (string name, string address) = Find(id);
        _ = configuration.TryFind(id, out RaftMember member);
        ServerRole role = member.Role switch
        {
            MemberRole.Voter => ServerRole.Voter,
            MemberRole.Witness => ServerRole.Witness,
            _ => ServerRole.Learner,
        };
        return new ClusterServer(id.Node, name, address, role, id == leader);
    }
}
