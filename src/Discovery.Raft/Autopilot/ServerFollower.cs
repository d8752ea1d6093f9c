using Discovery.Sockets;
using Discovery.Transport;

namespace Discovery.Autopilot;

/// <summary>Keeps asking who is where, for as long as the node runs: servers move, come and go.</summary>
internal sealed class ServerFollower(ServerFinder finder, TransportIdentity self, FormationParts parts, TimeSpan failedAfter)
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_retry = TimeSpan.FromMilliseconds(200);
    // How long one that has left is shown as such.
    private static readonly TimeSpan s_shown = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan s_lost = TimeSpan.FromSeconds(3);

    private readonly LogLimit _twins = new(parts.Runtime.Time);
    private readonly LogLimit _strangers = new(parts.Runtime.Time);

    /// <summary>
    /// Asks until the leader says that this server was removed, or this server finds, as it starts, that one with its log is there already.
    /// </summary>
    /// <param name="describe">Brings what is told of this server up to date; the members as its log has them.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Who said so.</returns>
    public async Task<PlaceAnswer> RunAsync(Func<Task<MemberList>> describe, CancellationToken cancellationToken)
    {
        for (bool isStart = true; ; isStart = false)
        {
            MemberList members = await describe();
            PlaceAnswer[] answers = await finder.AskEverywhereAsync(cancellationToken);
            PlaceAnswer verdict = Array.Find(
                answers, answer => IsRemoval(answer) || (isStart && IsTwin(answer)));
            if (verdict.Hello is not null)
            {
                return verdict;
            }

            Tell(answers);
            parts.Others.Settle(since => Elapsed(since) >= s_lost, since => Elapsed(since) >= failedAfter + s_shown, members);
            bool isComplete = answers.Take(parts.Servers.Count).All(static answer => answer.Hello is not null);
            await Task.Delay(isComplete ? s_pause : s_retry, parts.Runtime.Time, cancellationToken);
        }
    }

    private static bool IsRemoval(PlaceAnswer answer) =>
        answer.Hello is { Code: (byte)HelloRefusal.None, Standing: Standing.Removed };

    // The log of this server, at an address that is not its own: two that count as one could vote for two.
    private bool IsTwin(PlaceAnswer answer) => answer.Hello is { } hello && hello.From == self.Self && hello.Address != self.Address;

    private void Tell(PlaceAnswer[] answers)
    {
        if (Array.Find(answers, IsTwin) is { Hello: not null } twin && _twins.ShouldLog(out _))
        {
            Log.Twin(parts.Logger, twin.Place, self.Self.Node);
        }

        if (Array.Find(answers, static answer => answer.Hello is { Code: (byte)HelloRefusal.OtherCluster }) is { Hello: { } stranger } other
            && _strangers.ShouldLog(out _))
        {
            Log.Stranger(parts.Logger, stranger.Name, other.Place, stranger.Cluster, self.Cluster);
        }
    }

    private TimeSpan Elapsed(long since) => parts.Runtime.Time.GetElapsedTime(since);
}
