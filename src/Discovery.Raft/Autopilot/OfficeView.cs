using Discovery.Protocol;

namespace Discovery.Autopilot;

/// <summary>The cluster as its leader's core has it at one moment.</summary>
internal sealed record OfficeView
{
    public required VoterId Self { get; init; }

    public required ulong Term { get; init; }

    public required LogPosition Last { get; init; }

    public required RaftConfiguration Configuration { get; init; }

    /// <summary>Whether a change of members is under way.</summary>
    public required bool IsChanging { get; init; }

    public required bool IsSingleCopy { get; init; }

    public required IReadOnlyDictionary<VoterId, PeerView> Peers { get; init; }

    /// <summary>Those of the servers asked about that were members and are none any more.</summary>
    public required IReadOnlySet<VoterId> Removed { get; init; }

    /// <summary>Looks; null on a server that does not lead, or has not committed anything in its term.</summary>
    public static OfficeView? Of(RaftCore core, IReadOnlyList<HeardServer> heard) => !core.IsCaughtUp ? null : new OfficeView
    {
        Self = core.Self,
        Term = core.Term,
        Last = core.Last,
        Configuration = core.Configuration,
        IsChanging = core.Configuration.IsJoint || !core.IsConfigurationCommitted,
        IsSingleCopy = core.IsSingleCopy,
        Peers = core.Configuration.Everybody().Where(id => core.DescribePeer(id) is not null)
            .ToDictionary(static id => id, id => core.DescribePeer(id)!.Value),
        Removed = heard.Where(server => core.WasRemoved(server.Id, server.MemberAt)).Select(static server => server.Id).ToHashSet(),
    };
}
