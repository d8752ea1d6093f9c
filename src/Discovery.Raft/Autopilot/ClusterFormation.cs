using System.Security.Cryptography;
using Discovery.Protocol;
using Discovery.Transport;

namespace Discovery.Autopilot;

/// <summary>Has a server that belongs to no cluster find one, or begin one together with others of its list.</summary>
/// <remarks>
/// Whoever hears of one existing cluster joins it. Where all that answer belong to none, they decide on the first members by Paxos
/// (Lamport, "Paxos Made Simple", 2001), one decision for the whole list: a server that finds enough others asks them not to go along with
/// earlier attempts and what they have accepted (prepare), then to accept the members of the newest attempt among those, or its own choice
/// (accept). As many must agree to each step as begin a cluster, and these are more than half of the list: any two attempts share a server,
/// and so they decide the same. The cluster's id is made from its members.
/// 1. A, B and C of five have accepted each other; A begins and the others are cut off from it. D and E find C: C tells what it has
///    accepted, and they have to decide that too.
/// 2. A has begun and B has not heard of it. B hears of A's cluster, finds that this is the one it has accepted, and writes the same first
///    entry as A. Had it accepted nothing, it would join: what A has, it gets.
/// 3. C loses its disk meanwhile. It has another log, so it is no member, and joins what the others have begun.
/// What servers have promised is on their disks. Two of a list of four that lose them before anybody has begun could decide twice.
/// </remarks>
internal sealed class ClusterFormation(
    ServerFinder finder, TransportIdentity self, FormationAcceptor acceptor, FormationParts parts)
{
    private static readonly TimeSpan s_retry = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    // Every server that would come first gets a while to do it, so that they do not undo each other's attempts.
    private static readonly TimeSpan s_turn = TimeSpan.FromSeconds(2);

    private ulong _round;
    private long? _readySince;

    /// <summary>Waits until there is a cluster that this server belongs to; its id.</summary>
    public async Task<Guid> RunAsync(CancellationToken cancellationToken)
    {
        long told = parts.Runtime.Time.GetTimestamp();
        while (true)
        {
            (Guid cluster, string? reason) = await TryAsync(cancellationToken);
            if (cluster != Guid.Empty)
            {
                return cluster;
            }

            if (parts.Runtime.Time.GetElapsedTime(told) >= s_patience)
            {
                told = parts.Runtime.Time.GetTimestamp();
                Log.Waits(parts.Logger, reason ?? "another server is about to begin it");
            }

            await Task.Delay(s_retry, parts.Runtime.Time, cancellationToken);
        }
    }

    /// <summary>The id of the cluster that begins with exactly these members.</summary>
    public static Guid IdOf(RaftConfiguration members) =>
        new(SHA256.HashData(members.Encode()).AsSpan(0, 16), bigEndian: true);

    private async Task<(Guid Cluster, string? Reason)> TryAsync(CancellationToken cancellationToken)
    {
        PlaceAnswer[] answers = await finder.AskEverywhereAsync(cancellationToken);
        if (Existing(answers, out string? reason) is { } existing)
        {
            return (existing, null);
        }

        RaftMember[] fresh = reason is null ? Fresh(answers, out reason) : [];
        if (reason is not null)
        {
            _readySince = null;
            return (Guid.Empty, reason);
        }

        _readySince ??= parts.Runtime.Time.GetTimestamp();
        int before = fresh.Count(member => member.Id.CompareTo(self.Self) < 0);
        return parts.Runtime.Time.GetElapsedTime(_readySince.Value) >= s_turn * before
            ? (await DecideAsync(cancellationToken), null)
            : (Guid.Empty, null);
    }

    // The cluster that somebody belongs to already. One that was given up for another counts no more.
    private static Guid? Existing(PlaceAnswer[] answers, out string? reason)
    {
        Hello[] members = [.. answers.Select(static answer => answer.Hello).OfType<Hello>()
            .Where(static hello => hello.Cluster != Guid.Empty)];
        Guid[] clusters = [.. members.Select(static hello => hello.Cluster).Distinct()
            .Where(cluster => members.All(hello => hello.Before != cluster)).Order()];
        reason = clusters.Length < 2 ? null
            : $"the servers of its list belong to two clusters, {Tell(clusters[0])} and {Tell(clusters[1])}, "
                + "and this server joins neither: name those of one only";
        return clusters.Length == 1 ? clusters[0] : null;

        string Tell(Guid cluster) => $"\"{members.First(hello => hello.Cluster == cluster).Name}\" to {cluster}";
    }

    private RaftMember[] Fresh(PlaceAnswer[] answers, out string? reason)
    {
        Hello[] listed = [.. answers.Take(parts.Servers.Count).Select(static answer => answer.Hello).OfType<Hello>()];
        RaftMember[] fresh = [.. listed.Select(Member).Distinct()];
        reason = parts.Expect == 0 ? "this server begins none (RaftOptions.BootstrapExpect is 0), and nobody of its list belongs to one"
            : listed.Length != fresh.Length ? "two addresses of the list are of one server"
            : fresh.Length < parts.Expect ? answers.First(static answer => answer.Reason is not null).Reason
            : !fresh.Any(member => member.Id == self.Self) ? "this server is not in its own list of servers"
            : Lacking(fresh);
        return fresh;
    }

    // A witness beside one full server would have everything on one disk, and look like a cluster that bears a loss.
    private static string? Lacking(IReadOnlyList<RaftMember> first)
    {
        int full = first.Count(static member => member.Role == MemberRole.Voter);
        return full == first.Count || full >= Quorum.CopiesWanted ? null
            : full == 0 ? "all servers that answer are witnesses (RaftOptions.Witness), and none of those can keep the state or lead"
            : "beside a witness (RaftOptions.Witness) a cluster begins with two full servers, and only one answers";
    }

    private static RaftMember Member(Hello hello) => new(hello.From, hello.IsWitness ? MemberRole.Witness : MemberRole.Voter);

    private async Task<Guid> DecideAsync(CancellationToken cancellationToken)
    {
        var ballot = new Ballot(Math.Max(_round, acceptor.Vote.Ballot.Round) + 1, self.Self);
        Hello[] promises = await AskAsync(
            new FormationVote(FormationStep.Prepare, ballot, Ballot.None, RaftConfiguration.Empty),
            vote => vote.Ballot == ballot, cancellationToken);
        if (promises.Length < parts.Expect)
        {
            return Guid.Empty;
        }

        FormationVote newest = promises.Select(static hello => hello.Vote!).MaxBy(static vote => vote.Accepted)!;
        RaftConfiguration members = newest.Accepted == Ballot.None ? Choose(promises) : newest.Members;
        if (newest.Accepted == Ballot.None && Lacking(members.Members) is not null)
        {
            // A full server that was there has not promised.
            return Guid.Empty;
        }

        Hello[] accepted = await AskAsync(
            new FormationVote(FormationStep.Accept, ballot, Ballot.None, members),
            vote => vote.Accepted == ballot, cancellationToken);
        return accepted.Length < parts.Expect ? Guid.Empty : IdOf(members);
    }

    private RaftConfiguration Choose(Hello[] promises)
    {
        RaftMember[] first = [.. promises.Select(Member).OrderBy(static member => member.Role).Take(parts.Expect)];
        return RaftConfiguration.Of(first);
    }

    private async Task<Hello[]> AskAsync(FormationVote asked, Func<FormationVote, bool> agrees, CancellationToken cancellationToken)
    {
        PlaceAnswer[] answers = await finder.AskListAsync(asked, cancellationToken);
        Hello[] votes = [.. answers.Select(static answer => answer.Hello).OfType<Hello>().Where(static hello => hello.Vote is not null)
            .DistinctBy(static hello => hello.From.Node)];
        _round = votes.Select(static hello => hello.Vote!.Ballot.Round).Append(_round).Max();
        return [.. votes.Where(hello => agrees(hello.Vote!))];
    }
}
