using Discovery.Protocol;

namespace Discovery.Raft.Protocol;

public sealed class RaftCoreSmokeTests
{
    [Fact]
    public void Propose_ToOneVoter_IsCommittedOnceOnItsDisk()
    {
        RaftCore core = Start(1, 1);
        core.Tick(TimeSpan.Zero);
        RaftReady election = core.TakeReady(TimeSpan.Zero)!;
        Assert.Equal(RaftRole.Candidate, core.Role);
        core.OnPersisted(election.Sequence, TimeSpan.Zero);
        Assert.Equal(RaftRole.Leader, core.Role);
        Assert.Equal(ProposeStatus.Appended, core.Propose(EntryKind.Command, new byte[3], TimeSpan.Zero, out LogPosition at));
        RaftReady ready = core.TakeReady(TimeSpan.Zero)!;
        Assert.Empty(ready.Apply);
        core.OnPersisted(ready.Sequence, TimeSpan.Zero);
        Assert.Equal(at.Index, core.Commit);

        // The first entry is from before the start: it comes from the disk.
        LoadRequest load = Assert.Single(core.TakeReady(TimeSpan.Zero)!.Loads);
        Assert.Equal((1UL, VoterId.None), (load.First, load.For));
        core.OnLoaded(load, [new LogEntry(1, 1, EntryKind.Configuration, core.Configuration.Encode())], TimeSpan.Zero);
        Assert.Equal(1UL, Assert.Single(core.TakeReady(TimeSpan.Zero)!.Apply).Index);
        Assert.Equal(at.Index, core.TakeReady(TimeSpan.Zero)!.Apply[^1].Index);
    }

    [Fact]
    public void Tick_OfOneVoterWhoseDiskStandsStill_LeadsOnAndAnswersReads()
    {
        RaftCore core = Start(1, 1);
        core.Tick(TimeSpan.Zero);
        core.OnPersisted(core.TakeReady(TimeSpan.Zero)!.Sequence, TimeSpan.Zero);
        core.OnPersisted(core.TakeReady(TimeSpan.Zero)!.Sequence, TimeSpan.Zero);
        core.Propose(EntryKind.Command, new byte[3], TimeSpan.Zero, out _);
        core.TakeReady(TimeSpan.Zero);
        TimeSpan now = new RaftCoreOptions().DiskStallMax * 2;

        core.Tick(now);
        core.Read(7, isLeaseEnough: false, now);

        Assert.Equal(RaftRole.Leader, core.Role);
        Assert.Equal(7UL, Assert.Single(core.TakeReady(now)!.Reads).Id);
    }

    [Fact]
    public void ThreeServers_InAPerfectNetwork_ElectAndCommit()
    {
        RaftCore[] cores = [Start(1, 3), Start(2, 3), Start(3, 3)];
        TimeSpan now = TimeSpan.Zero;
        RaftCore leader = Elect(cores, ref now);
        Assert.Equal(ProposeStatus.Appended, leader.Propose(EntryKind.Command, new byte[3], now, out LogPosition at));
        leader.Read(7, isLeaseEnough: false, now);
        Run(cores, now);
        Assert.All(cores, core => Assert.Equal(at.Index, core.Commit));
    }

    [Fact]
    public void Heartbeat_OfWhatAnOlderCopyHasAcknowledged_StopsIt()
    {
        RaftCore[] cores = [Start(1, 3), Start(2, 3), Start(3, 3)];
        TimeSpan now = TimeSpan.Zero;
        RaftCore leader = Elect(cores, ref now);
        leader.Propose(EntryKind.Command, new byte[3], now, out LogPosition at);
        Run(cores, now);
        int older = Array.FindIndex(cores, static core => core.Role == RaftRole.Follower);
        cores[older] = Start(older + 1, 3);

        InvariantViolationException refusal = Assert.Throws<InvariantViolationException>(
            () => Run(cores, leader.NextDeadline));

        Assert.Contains($"has acknowledged entry {at.Index}, and its log ends at 1:", refusal.Message, StringComparison.Ordinal);
    }

    private static RaftCore Elect(RaftCore[] cores, ref TimeSpan now)
    {
        for (int step = 0; step < 200 && !cores.Any(core => core.Role == RaftRole.Leader); step++)
        {
            now += TimeSpan.FromMilliseconds(10);
            Run(cores, now);
        }

        return cores.Single(core => core.Role == RaftRole.Leader);
    }

    private static void Run(RaftCore[] cores, TimeSpan now)
    {
        foreach (RaftCore core in cores)
        {
            core.Tick(now);
        }

        for (bool isBusy = true; isBusy;)
        {
            isBusy = false;
            foreach (RaftCore core in cores)
            {
                while (core.TakeReady(now) is { } ready)
                {
                    isBusy = true;
                    core.OnPersisted(ready.Sequence, now);
                    foreach (RaftMessage message in ready.SendNow.Concat(ready.SendAfterPersist))
                    {
                        cores.Single(other => other.Self == message.To).Step(message, now);
                    }

                    if (ready.Apply.Count > 0)
                    {
                        core.OnApplied(ready.Apply[^1].Index, now);
                    }
                }
            }
        }
    }

    private static RaftCore Start(int number, int servers)
    {
        var terms = new TermRuns(LogPosition.Zero);
        terms.Append(1, 1);
        RaftConfiguration configuration = RaftConfiguration.Of(
            Enumerable.Range(1, servers).Select(static i => new RaftMember(Id(i), MemberRole.Voter)));
        var recovered = new RecoveredLog(new HardState(1, VoterId.None), null, terms, [new ConfigurationEntry(1, configuration)]);
        return new RaftCore(Id(number), recovered, new RaftCoreOptions(), (ulong)number, TimeSpan.Zero);
    }

    private static VoterId Id(int number)
    {
        byte[] id = new byte[16];
        id[15] = (byte)number;
        return new VoterId(new Guid(id, bigEndian: true), new Guid(id, bigEndian: true));
    }
}
