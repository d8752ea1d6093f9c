using Discovery.Transport;

namespace Discovery.Autopilot;

/// <summary>Keeps asking who is where, for as long as the node runs: servers move, come and go.</summary>
internal sealed class ServerFollower(ServerFinder finder, FormationParts parts, TimeSpan failedAfter)
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_retry = TimeSpan.FromMilliseconds(200);
    // How long one that has left is shown as such.
    private static readonly TimeSpan s_shown = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan s_lost = TimeSpan.FromSeconds(3);

    /// <summary>Asks until the leader says that this server was removed.</summary>
    /// <param name="describe">Brings what is told of this server up to date; the members as its log has them.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Who said so.</returns>
    public async Task<Hello> RunAsync(Func<Task<MemberList>> describe, CancellationToken cancellationToken)
    {
        while (true)
        {
            MemberList members = await describe();
            PlaceAnswer[] answers = await finder.AskEverywhereAsync(cancellationToken);
            Hello? verdict = Array.Find(
                answers, static answer => answer.Hello is { Code: (byte)HelloRefusal.None, Standing: Standing.Removed }).Hello;
            if (verdict is not null)
            {
                return verdict;
            }

            parts.Others.Settle(since => Elapsed(since) >= s_lost, since => Elapsed(since) >= failedAfter + s_shown, members);
            bool isComplete = answers.Take(parts.Servers.Count).All(static answer => answer.Hello is not null);
            await Task.Delay(isComplete ? s_pause : s_retry, parts.Runtime.Time, cancellationToken);
        }
    }

    private TimeSpan Elapsed(long since) => parts.Runtime.Time.GetElapsedTime(since);
}
