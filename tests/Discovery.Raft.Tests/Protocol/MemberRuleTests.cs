using Discovery.Protocol;

namespace Discovery.Raft.Protocol;

public sealed class MemberRuleTests
{
    [Theory]
    [InlineData(MemberRole.Witness, MemberRole.Voter)]
    [InlineData(MemberRole.Voter, MemberRole.Witness)]
    internal void ProposeMembers_OfOneThatKeepsItsIdentityAndBecomesOrCeasesToBeAWitness_IsRefused(MemberRole from, MemberRole to)
    {
        RaftCore core = Lead(new RaftMember(Id(2), from));
        ProposeStatus status = core.ProposeMembers(
            [new RaftMember(Id(1), MemberRole.Voter), new RaftMember(Id(2), to)], TimeSpan.Zero, out LogPosition at);
        Assert.Equal((ProposeStatus.WitnessForLife, LogPosition.Zero), (status, at));
    }

    private static RaftCore Lead(RaftMember other)
    {
        var terms = new TermRuns(LogPosition.Zero);
        terms.Append(1, 1);
        RaftConfiguration configuration = RaftConfiguration.Of([new RaftMember(Id(1), MemberRole.Voter), other]);
        var recovered = new RecoveredLog(new HardState(1, VoterId.None), null, terms, [new ConfigurationEntry(1, configuration)]);
        var core = new RaftCore(Id(1), recovered, new RaftCoreOptions(), 1, TimeSpan.Zero);
        TimeSpan now = core.NextDeadline;
        core.Tick(now);
        core.Step(new VoteReply(other.Id, core.Self, 2, IsPreVote: true, IsGranted: true), now);
        core.OnPersisted(core.TakeReady(now)!.Sequence, now);
        core.Step(new VoteReply(other.Id, core.Self, 2, IsPreVote: false, IsGranted: true), now);
        core.OnPersisted(core.TakeReady(now)!.Sequence, now);
        core.Step(new AppendAccepted(other.Id, core.Self, 2, 2, 0), now);
        return core;
    }

    private static VoterId Id(int number)
    {
        byte[] id = new byte[16];
        id[15] = (byte)number;
        return new VoterId(new Guid(id, bigEndian: true), new Guid(id, bigEndian: true));
    }
}
