using Discovery.Protocol;

namespace Discovery.Raft.Protocol;

public sealed class ReadRuleTests
{
    private static readonly VoterId s_self = ScriptText.Id(1);
    private static readonly VoterId s_leader = ScriptText.Id(2);

    [Fact]
    public void Step_WithTheAnswerToAReadOfBeforeARestart_DoesNotAnswerTheReadThatHasItsNumberNow()
    {
        ReadIndexRequest before = Ask(Start(1));
        RaftCore restarted = Start(2);
        Ask(restarted);
        restarted.Step(new ReadIndexReply(s_leader, s_self, 1, before.Id, IsReached: true, 1), TimeSpan.Zero);
        Assert.NotEqual(7UL, Assert.Single(restarted.TakeReady(TimeSpan.Zero)!.Reads).Id);
    }

    [Fact]
    public void Step_WithTheAnswerToARead_AnswersIt()
    {
        RaftCore core = Start(1);
        ReadIndexRequest asked = Ask(core);
        core.Step(new ReadIndexReply(s_leader, s_self, 1, asked.Id, IsReached: true, 1), TimeSpan.Zero);
        Assert.Equal(new ReadAnswer(7, IsReached: true, 1), Assert.Single(core.TakeReady(TimeSpan.Zero)!.Reads));
    }

    private static ReadIndexRequest Ask(RaftCore core)
    {
        core.Step(new Heartbeat(s_leader, s_self, 1, 0, 1), TimeSpan.Zero);
        core.TakeReady(TimeSpan.Zero);
        core.Read(7, isLeaseEnough: false, TimeSpan.Zero);
        return Assert.IsType<ReadIndexRequest>(Assert.Single(core.TakeReady(TimeSpan.Zero)!.SendNow));
    }

    private static RaftCore Start(ulong seed)
    {
        var terms = new TermRuns(LogPosition.Zero);
        terms.Append(1, 1);
        RaftConfiguration configuration = RaftConfiguration.Of(
            [new RaftMember(s_self, MemberRole.Voter), new RaftMember(s_leader, MemberRole.Voter)]);
        var recovered = new RecoveredLog(new HardState(1, VoterId.None), null, terms, [new ConfigurationEntry(1, configuration)]);
        return new RaftCore(s_self, recovered, new RaftCoreOptions(), seed, TimeSpan.Zero);
    }
}
