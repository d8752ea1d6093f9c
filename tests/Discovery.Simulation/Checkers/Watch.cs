using Discovery.Protocol;

namespace Discovery.Simulation;

/// <summary>Shows every step of every core to the checkers.</summary>
internal sealed class Watch
{
    private readonly World _world;
    private readonly Seen[] _seen = new Seen[16];

    public Watch(World world)
    {
        _world = world;
        Commits = new CommittedEntries(world);
        Leaders = new ElectionSafety(world);
        Completeness = new LeaderCompleteness(Commits);
        Demoted = new DemotedLeaders(world);
        Quorums = new CommitQuorum(world);
        States = new StateHashes(Commits);
        Writes = new AcknowledgedWrites(Commits) { States = States };
        Witnesses = new WitnessBehindCopies(world);
    }

    public CommittedEntries Commits { get; }

    public ElectionSafety Leaders { get; }

    public LeaderCompleteness Completeness { get; }

    public DemotedLeaders Demoted { get; }

    public CommitQuorum Quorums { get; }

    public LogMatching Logs { get; } = new();

    public StateHashes States { get; }

    public AcknowledgedWrites Writes { get; }

    public WitnessBehindCopies Witnesses { get; }

    /// <summary>The last entry that a leader had while it was the only full copy: a witness may have it, and no other server.</summary>
    public LogPosition SingleCopyLast { get; private set; }

    /// <summary>When a leader was last seen whose clock had stood still.</summary>
    public TimeSpan UntrustedLeaderAt { get; private set; } = TimeSpan.MinValue;

    public void OnStart(Server server) => _seen[server.Number] = new Seen(server.Core!.Commit, RaftRole.Follower, 0);

    /// <summary>A core has taken an input or handed something out.</summary>
    public void OnStep(Server server)
    {
        RaftCore core = server.Core!;
        Seen seen = _seen[server.Number];
        if (core.Role == RaftRole.Leader)
        {
            if (seen.Role != RaftRole.Leader || seen.Term != core.Term)
            {
                OnElected(server, core);
            }

            if (core.IsSingleCopy)
            {
                server.SingleCopyAt = _world.Events.Now;
                SingleCopyLast = SingleCopyLast.IsUpToDateWith(core.Last) ? SingleCopyLast : core.Last;
            }

            if (server.UntrustedTerm == core.Term)
            {
                UntrustedLeaderAt = _world.Events.Now;
            }
        }

        Demoted.OnStep(server);
        if (core.Commit != seen.Commit)
        {
            Commits.OnCommit(server, seen.Commit);
            if (core.Role == RaftRole.Leader)
            {
                Quorums.OnCommit(server);
            }
        }

        if (core.Term < seen.Term)
        {
            throw new SimulationFailure("Monotonic", $"s{server.Number} goes back from term {seen.Term} to {core.Term}");
        }

        _seen[server.Number] = new Seen(core.Commit, core.Role, core.Term);
    }

    public void OnReadAnswered(Server server, bool isLeaseEnough)
    {
        if (isLeaseEnough)
        {
            _world.Coverage.Count(server.IsLeader ? "lease reads answered by leaders" : "lease reads answered to followers");
        }
    }

    public void Finish()
    {
        Writes.Finish();
        States.Finish();
        LinearizableRegisters.Check(_world.History);
    }

    private void OnElected(Server server, RaftCore core)
    {
        _world.Coverage.Count("elections won");
        _world.Trace.Line(
            $"s{server.Number} leads in term {core.Term}, up to {Describe.At(core.Last)} {Describe.Members(_world, core.Configuration)}");
        Leaders.OnElected(server);
        Completeness.OnElected(server);
        _world.Faults.OnElected(server);
    }

    private readonly record struct Seen(ulong Commit, RaftRole Role, ulong Term);
}
