using Discovery.Protocol;

namespace Discovery.Raft.Protocol;

public sealed class RaftLogTests
{
    // 1. Five entries of term 1 were on the disk at the start, and none of them is in memory.
    // 2. A leader of term 2 has the last two cut off and sends one of its own, which is committed.
    // 3. What is to be applied is asked for from the disk, which has not been told of 2 yet: it reads what was there before.
    [Fact]
    public void TryHandOut_ReadBeforeTheDiskWasToldOfACut_TakesNothing()
    {
        RaftLog log = Restarted(5);
        log.TruncateAfter(3);
        log.Append(Entry(4, 2));
        log.CommitTo(4);
        Assert.True(log.MustLoadToApply);

        Assert.False(log.TryHandOut([Entry(1, 1), Entry(2, 1), Entry(3, 1), Entry(4, 1)]));

        Assert.Equal(0UL, log.HandedToApply);
        Assert.True(log.MustLoadToApply);
        Assert.True(log.TryHandOut([Entry(1, 1), Entry(2, 1), Entry(3, 1), Entry(4, 2)]));
        Assert.Equal(4UL, log.HandedToApply);
    }

    [Fact]
    public void TryHandOut_ReadOfWhatIsStillThere_GoesOnInMemory()
    {
        RaftLog log = Restarted(5);
        log.TruncateAfter(3);
        log.Append(Entry(4, 2));
        log.CommitTo(4);

        Assert.True(log.TryHandOut([Entry(1, 1), Entry(2, 1), Entry(3, 1)]));

        Assert.False(log.MustLoadToApply);
        Assert.Equal([(4UL, 2UL)], log.TakeForApply(1000).Select(static entry => (entry.Index, entry.Term)));
    }

    [Theory]
    [InlineData(2, 4)] // Not the next.
    [InlineData(1, 5)] // More than is committed.
    [InlineData(1, 0)] // Nothing.
    public void TryHandOut_OfOtherThanTheNextCommitted_TakesNothing(int first, int last)
    {
        RaftLog log = Restarted(5);
        log.CommitTo(4);

        Assert.False(log.TryHandOut([.. Enumerable.Range(first, last - first + 1).Select(static index => Entry((ulong)index, 1))]));
        Assert.Equal(0UL, log.HandedToApply);
    }

    [Theory]
    [InlineData(1, 1, true)]
    [InlineData(3, 1, true)]
    [InlineData(4, 1, false)] // Cut off, and another is there.
    [InlineData(4, 2, true)]
    [InlineData(5, 1, false)] // Cut off.
    public void Has_AfterACut_IsTrueOfWhatIsInTheLog(ulong index, ulong term, bool isThere)
    {
        RaftLog log = Restarted(5);
        log.TruncateAfter(3);
        log.Append(Entry(4, 2));

        Assert.Equal(isThere, log.Has([Entry(index, term)]));
    }

    [Fact]
    public void OnLoaded_ForAPeerOfWhatTheLogNoLongerHas_SendsNothing()
    {
        RaftCore core = LeaderOfTwo(out VoterId peer, out TimeSpan now);
        core.Step(new AppendRejected(peer, core.Self, core.Term, 5, new LogPosition(2, 1), 1), now);
        core.TakeReady(now);
        core.Step(new AppendAccepted(peer, core.Self, core.Term, 2, 1), now);
        LoadRequest load = Assert.Single(core.TakeReady(now)!.Loads);
        Assert.Equal((peer, 3UL), (load.For, load.First));

        core.OnLoaded(load, [Entry(3, 1), Entry(4, 0)], now);

        RaftReady ready = core.TakeReady(now)!;
        Assert.Empty(ready.SendNow);
        Assert.Equal(load, Assert.Single(ready.Loads));
        core.OnLoaded(load, [Entry(3, 1), Entry(4, 1)], now);
        AppendRequest sent = Assert.IsType<AppendRequest>(Assert.Single(core.TakeReady(now)!.SendNow));
        Assert.Equal([3UL, 4UL], sent.Entries.Select(static entry => entry.Index));
    }

    [Fact]
    public void OnLoaded_ForAWitnessOnceASecondCopyIsThere_SendsNoMoreThanThatHas()
    {
        VoterId witness = Id(3);
        RaftCore core = LeaderOfTwo(out VoterId peer, out TimeSpan now, new RaftMember(witness, MemberRole.Witness));
        now += new RaftCoreOptions().ElectionTimeout;
        core.Tick(now);
        core.Step(new AppendRejected(witness, core.Self, core.Term, 5, new LogPosition(2, 1), 1), now);
        core.TakeReady(now);
        core.Step(new AppendAccepted(witness, core.Self, core.Term, 2, 1), now);
        Assert.True(core.IsSingleCopy);
        LoadRequest load = Assert.Single(core.TakeReady(now)!.Loads);
        Assert.Equal((witness, 3UL, 6UL), (load.For, load.First, load.Last));

        core.Step(new AppendAccepted(peer, core.Self, core.Term, 4, 1), now);
        Assert.False(core.IsSingleCopy);
        core.OnLoaded(load, [Entry(3, 1), Entry(4, 1), Entry(5, 1), Entry(6, core.Term)], now);

        AppendRequest sent = core.TakeReady(now)!.SendNow.OfType<AppendRequest>().Single(message => message.To == witness);
        Assert.Equal([3UL, 4UL], sent.Entries.Select(static entry => entry.Index));
    }

    [Fact]
    public void PersistedTo_OfWhatWasCutOff_CountsNothing()
    {
        RaftLog log = Restarted(3);
        log.Append(Entry(4, 1));
        log.TruncateAfter(3);
        log.Append(Entry(4, 2));

        log.PersistedTo(new LogPosition(4, 1));

        Assert.Equal(3UL, log.Persisted);
        log.PersistedTo(new LogPosition(4, 2));
        Assert.Equal(4UL, log.Persisted);
    }

    // Its log had five entries of term 1 at the start.
    private static RaftCore LeaderOfTwo(out VoterId peer, out TimeSpan now, params RaftMember[] more)
    {
        VoterId self = Id(1);
        VoterId other = peer = Id(2);
        RaftConfiguration both = RaftConfiguration.Of(
            [new RaftMember(self, MemberRole.Voter), new RaftMember(other, MemberRole.Voter), .. more]);
        var core = new RaftCore(self, Recovered(5, new ConfigurationEntry(1, both)), new RaftCoreOptions(), 1, TimeSpan.Zero);
        TimeSpan at = now = core.NextDeadline;
        core.Tick(at);
        while (core.Role != RaftRole.Leader)
        {
            RaftReady ready = core.TakeReady(at)!;
            core.OnPersisted(ready.Sequence, at);
            foreach (VoteRequest asked in ready.SendNow.Concat(ready.SendAfterPersist).OfType<VoteRequest>())
            {
                core.Step(new VoteReply(other, self, asked.Term, asked.IsPreVote, IsGranted: true), at);
            }
        }

        core.OnPersisted(core.TakeReady(at)!.Sequence, at);
        return core;
    }

    private static RaftLog Restarted(int entries) => new(Recovered(entries), new RaftCoreOptions());

    private static RecoveredLog Recovered(int entries, params ConfigurationEntry[] configurations)
    {
        var terms = new TermRuns(LogPosition.Zero);
        for (int index = 1; index <= entries; index++)
        {
            terms.Append((ulong)index, 1);
        }

        return new RecoveredLog(new HardState(1, VoterId.None), null, terms, configurations);
    }

    private static VoterId Id(byte number) => new(new Guid(number, 0, 0, new byte[8]), new Guid(number, 0, 0, new byte[8]));

    private static LogEntry Entry(ulong index, ulong term) => new(index, term, EntryKind.Command, new byte[1]);
}
