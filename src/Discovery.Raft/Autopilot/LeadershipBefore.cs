namespace Discovery.Autopilot;

/// <summary>The leadership of before the log is open: nobody's. It ends as others do, so that who waits for the next is woken.</summary>
internal sealed class LeadershipBefore
{
    private readonly CancellationTokenSource _ended = new();

    public LeadershipBefore() => Leadership = new Leadership(0, null, isLeader: false, _ended.Token);

    public Leadership Leadership { get; }

    /// <summary>The log is open, or will never be.</summary>
    public void End() => _ended.Cancel();
}
