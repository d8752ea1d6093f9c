using System.Security.Cryptography;
using Discovery.Protocol;
using Discovery.Transport;
using Microsoft.Extensions.Logging;

namespace Discovery.Autopilot;

/// <summary>Finds the servers of a list of addresses, and has a new cluster begin when all of them are there.</summary>
/// <remarks>
/// A cluster's first members are everybody in the list, with the logs that they have then; its id is made from exactly that. So whoever has
/// reached everybody decides the same, whenever it does, and nobody decides anything else: where a part is missing, nothing begins.
/// 1. A and B have reached everybody and begin. C is killed before it does, and comes back: it reaches A and B, decides as they did, and
///    writes the same first entry.
/// 2. C comes back without its disk. It has another log, so it decides on another id, and is told that the others belong to a cluster that
///    it is no member of.
/// </remarks>
internal sealed class ClusterFormation(RaftTransport transport, TransportIdentity self, StaticPeerDirectory directory, FormationParts parts)
{
    private static readonly TimeSpan s_retry = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_lost = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_again = TimeSpan.FromSeconds(1);

    private readonly Hello?[] _answers = new Hello?[parts.Servers.Count];

    /// <summary>Waits until everybody is reached; the members that the new cluster begins with.</summary>
    public async Task<(Guid Cluster, RaftMember[] Members)> FormAsync(CancellationToken cancellationToken)
    {
        long told = parts.Runtime.Time.GetTimestamp();
        while (true)
        {
            string? missing = await AskAllAsync(cancellationToken);
            if (missing is null && TryDecide(out Guid cluster, out RaftMember[] members, out missing))
            {
                return (cluster, members);
            }

            if (parts.Runtime.Time.GetElapsedTime(told) >= s_patience)
            {
                told = parts.Runtime.Time.GetTimestamp();
                Log.Waits(parts.Logger, missing!);
            }

            await Task.Delay(s_retry, parts.Runtime.Time, cancellationToken);
        }
    }

    /// <summary>Keeps asking who is where, for as long as the node runs: servers move, and come back at other addresses.</summary>
    public async Task FollowAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            string? missing = await AskAllAsync(cancellationToken);
            await Task.Delay(missing is null ? s_again : s_retry, parts.Runtime.Time, cancellationToken);
        }
    }

    /// <summary>The id of the cluster that begins with exactly these members.</summary>
    public static Guid IdOf(IEnumerable<RaftMember> members)
    {
        byte[] hash = SHA256.HashData(RaftConfiguration.Of(members).Encode());
        return new Guid(hash.AsSpan(0, 16), bigEndian: true);
    }

    private async Task<string?> AskAllAsync(CancellationToken cancellationToken)
    {
        (Hello? Answer, string? Reason)[] answers =
            await Task.WhenAll(parts.Servers.Select(server => AskAsync(server, cancellationToken)));
        for (int i = 0; i < answers.Length; i++)
        {
            _answers[i] = answers[i].Answer;
            if (answers[i].Answer is { } answer && answer.From != self.Self)
            {
                directory.Set(answer.From.Node, parts.Servers[i]);
                parts.Others.Heard(answer, parts.Servers[i], parts.Runtime.Time.GetTimestamp());
            }
        }

        parts.Others.Silent(since => parts.Runtime.Time.GetElapsedTime(since) >= s_lost);

        return Array.Find(answers, static answer => answer.Reason is not null).Reason;
    }

    private async Task<(Hello? Answer, string? Reason)> AskAsync(PeerAddress server, CancellationToken cancellationToken)
    {
        try
        {
            return (await transport.AskAsync(server, cancellationToken), null);
        }
        catch (IOException e)
        {
            return (null, $"{server} is not reached: {e.Message}");
        }
    }

    private bool TryDecide(out Guid cluster, out RaftMember[] members, out string? reason)
    {
        Hello[] answers = [.. _answers.OfType<Hello>()];
        VoterId[] ids = [.. answers.Select(static answer => answer.From).Distinct()];
        members = [.. ids.Select(static id => new RaftMember(id, MemberRole.Voter))];
        cluster = IdOf(members);
        Guid ours = cluster;
        Hello? other = Array.Find(answers, answer => answer.Cluster != Guid.Empty && answer.Cluster != ours);
        reason = ids.Length != parts.Servers.Count ? "two addresses of the list are of one server"
            : !ids.Contains(self.Self) ? "this server is not in its own list of servers"
            : other is not null ? $"\"{other.Name}\" belongs to cluster {other.Cluster}, of which this server is no member"
            : null;
        return reason is null;
    }
}
