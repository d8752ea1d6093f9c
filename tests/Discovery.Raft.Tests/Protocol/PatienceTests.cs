using Discovery.Protocol;

namespace Discovery.Raft.Protocol;

/// <summary>How long a follower waits for a leader that is silent, and for one whose connection has ended.</summary>
public sealed class PatienceTests
{
    private static readonly RaftCoreOptions s_options = new();
    private static readonly VoterId s_leader = Id(2);
    private static readonly VoterId s_other = Id(3);

    [Fact]
    public void Follower_WhileTheConnectionStands_WaitsBetweenTwiceAndThreeTimesTheElectionTimeout()
    {
        for (ulong seed = 1; seed <= 200; seed++)
        {
            RaftCore core = Follow(seed, out TimeSpan heardAt);
            Assert.InRange(core.NextDeadline - heardAt, s_options.ElectionTimeout * 2, s_options.ElectionTimeout * 3);
        }
    }

    [Fact]
    public void Disconnected_FromTheLeader_WaitsBetweenOnceAndTwiceTheElectionTimeout()
    {
        for (ulong seed = 1; seed <= 200; seed++)
        {
            RaftCore core = Follow(seed, out TimeSpan heardAt);
            core.OnDisconnected(s_leader, heardAt + TimeSpan.FromMilliseconds(5));
            Assert.InRange(core.NextDeadline - heardAt, s_options.ElectionTimeout, s_options.ElectionTimeout * 2);
        }
    }

    [Fact]
    public void Disconnected_LongAfterTheLeaderWasHeard_NeverMakesItWaitLonger()
    {
        for (ulong seed = 1; seed <= 200; seed++)
        {
            RaftCore core = Follow(seed, out TimeSpan heardAt);
            TimeSpan before = core.NextDeadline;
            core.OnDisconnected(s_leader, heardAt + (s_options.ElectionTimeout * 1.9));
            Assert.InRange(core.NextDeadline, heardAt + (s_options.ElectionTimeout * 1.9), before);
        }
    }

    [Fact]
    public void Disconnected_FromAnother_ChangesNothing()
    {
        RaftCore core = Follow(1, out TimeSpan heardAt);
        TimeSpan before = core.NextDeadline;
        core.OnDisconnected(s_other, heardAt);
        Assert.Equal(before, core.NextDeadline);
    }

    [Fact]
    public void Disconnected_StillProtectsTheLeader_ForTheElectionTimeout()
    {
        RaftCore core = Follow(1, out TimeSpan heardAt);
        core.OnDisconnected(s_leader, heardAt);
        Assert.False(PreVote(core, heardAt + s_options.ElectionTimeout - TimeSpan.FromTicks(1)));
        Assert.True(PreVote(core, heardAt + s_options.ElectionTimeout));
    }

    [Fact]
    public void Heartbeat_AfterADisconnect_MakesItPatientAgain()
    {
        RaftCore core = Follow(1, out TimeSpan heardAt);
        core.OnDisconnected(s_leader, heardAt);
        TimeSpan again = heardAt + TimeSpan.FromMilliseconds(50);
        core.Step(new Heartbeat(s_leader, core.Self, core.Term, 0, 2), again);
        Assert.InRange(core.NextDeadline - again, s_options.ElectionTimeout * 2, s_options.ElectionTimeout * 3);
    }

    [Fact]
    public void PreCandidate_ThatGetsNoAnswer_AsksAgainBetweenOnceAndTwiceTheElectionTimeout()
    {
        RaftCore core = Follow(1, out _);
        TimeSpan began = core.NextDeadline;
        core.Tick(began);
        Assert.Equal((RaftRole.PreCandidate, VoterId.None), (core.Role, core.Leader));
        Assert.InRange(core.NextDeadline - began, s_options.ElectionTimeout, s_options.ElectionTimeout * 2);
    }

    [Fact]
    public void Leader_WithoutAnswers_LeadsAsLongAsFollowersMayWait()
    {
        RaftCore core = Follow(1, out _);
        TimeSpan now = core.NextDeadline;
        core.Tick(now);
        core.Step(new VoteReply(s_other, core.Self, core.Term + 1, IsPreVote: true, IsGranted: true), now);
        core.OnPersisted(core.TakeReady(now)!.Sequence, now);
        core.Step(new VoteReply(s_other, core.Self, core.Term, IsPreVote: false, IsGranted: true), now);
        Assert.Equal(RaftRole.Leader, core.Role);
        core.OnPersisted(core.TakeReady(now)!.Sequence, now);
        core.Step(new AppendAccepted(s_other, core.Self, core.Term, 2, 0), now);
        TimeSpan until = now + s_options.PatienceMax;
        while (now + s_options.HeartbeatInterval < until)
        {
            now += s_options.HeartbeatInterval;
            core.Tick(now);
            Assert.Equal(RaftRole.Leader, core.Role);
        }

        core.Tick(until + s_options.HeartbeatInterval);
        Assert.Equal(RaftRole.Follower, core.Role);
    }

    private static RaftCore Follow(ulong seed, out TimeSpan heardAt)
    {
        var terms = new TermRuns(LogPosition.Zero);
        terms.Append(1, 1);
        RaftConfiguration configuration = RaftConfiguration.Of(
            [.. new[] { Id(1), s_leader, s_other }.Select(static id => new RaftMember(id, MemberRole.Voter))]);
        var recovered = new RecoveredLog(new HardState(1, VoterId.None), null, terms, [new ConfigurationEntry(1, configuration)]);
        var core = new RaftCore(Id(1), recovered, s_options, seed, TimeSpan.Zero);
        heardAt = TimeSpan.FromMilliseconds(100);
        core.Step(new Heartbeat(s_leader, core.Self, 1, 0, 1), heardAt);
        core.TakeReady(heardAt);
        return core;
    }

    private static bool PreVote(RaftCore core, TimeSpan now)
    {
        core.Step(new VoteRequest(s_other, core.Self, core.Term + 1, core.Last, IsPreVote: true, IsTransfer: false), now);
        return core.TakeReady(now)!.SendAfterPersist.OfType<VoteReply>().Single().IsGranted;
    }

    private static VoterId Id(int number) => new(new Guid(number, 0, 0, new byte[8]), new Guid(number, 0, 1, new byte[8]));
}
