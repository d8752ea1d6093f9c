namespace Discovery.Testing;

/// <content>Time, reads, restore and deduplication.</content>
public abstract partial class CommandLogConformance
{
    /// <summary>A barrier covers every proposal that was answered before it.</summary>
    public async Task ReadBarrier_AfterAProposal_CoversIt()
    {
        foreach (ReadConsistency consistency in Enum.GetValues<ReadConsistency>())
        {
            CommandOutcome outcome = await AppliedAsync(Add("n"));
            ReadBarrierResult barrier = await Log.ReadBarrierAsync(consistency);
            Check(barrier.IsReached && barrier.Refusal == ProposalRefusal.None, "the barrier was refused");
            Check(barrier.Index >= outcome.Index && State.Index >= barrier.Index, "the barrier does not cover the proposal");
        }
    }

    /// <summary>Cluster time follows the monotonic clock, whatever the wall clock does.</summary>
    public async Task ClusterTime_WallClockJumps_GoesOnSteadily()
    {
        await AppliedAsync(Add("n"));
        TimeSpan start = State.ClusterTime;
        foreach (int hours in (int[])[-5, 300, -1000])
        {
            _kernel.Time.JumpWall(TimeSpan.FromHours(hours));
            TimeSpan before = Log.ClusterTime;
            TimeSpan elapsed = _kernel.Time.Elapsed;
            await _kernel.AdvanceAsync(TimeSpan.FromSeconds(2));
            Same(before + TimeSpan.FromSeconds(2), Log.ClusterTime, "cluster time");
            await AppliedAsync(Add("n"));
            TimeSpan most = before + (_kernel.Time.Elapsed - elapsed);
            Check(State.ClusterTime >= before + TimeSpan.FromSeconds(2) && State.ClusterTime <= most, "cluster time of an entry");
        }

        Check(State.ClusterTime >= start + TimeSpan.FromSeconds(6), "cluster time");
    }

    /// <summary>A restore is a point of the log: a new index, a new lineage, nothing goes back.</summary>
    public async Task Restore_OlderSnapshot_IsALoggedPointWithANewLineage()
    {
        Guid client = await OpenClientAsync();
        CommandOutcome first = await AppliedAsync(Add("n", client, 1));
        using MemoryStream stream = new();
        Log.StateMachine.WriteSnapshot(stream);
        CommandOutcome second = await AppliedAsync(Add("n", client, 2));
        StatePosition before = State.Position;
        TimeSpan time = Log.ClusterTime;
        Guid lineage = new("77777777-0000-0000-0000-000000000000");
        stream.Position = 0;
        ProposalResult result = await Log.RestoreAsync(stream, lineage);
        Same(ProposalOutcome.Applied, result.Outcome, "outcome");
        Check(result.Command.Index > before.Index && State.Index >= result.Command.Index, "index");
        Same(lineage, State.Lineage, "lineage");
        Same(1, Value("n"), "value");
        Same(result.Command.Index, State.IndexOf(_ledger.ItemTopic("n")), "index of a topic");
        Check(Log.ClusterTime >= time && State.ClusterTime >= time, "cluster time went back");
        Same(first.Index, (await AppliedAsync(Add("n", client, 1))).Index, "the answer to a retry");
        Same(second.Index, (await AppliedAsync(Add("n", client, 2))).Index, "the answer to a retry from before the restore");
        Check((await AppliedAsync(Add("n", client, 3))).Index > result.Command.Index, "index after the restore");
        Same(2, Value("n"), "value");
    }

    /// <summary>A snapshot whose cluster time is ahead moves cluster time forward, and it goes on from there.</summary>
    public async Task Restore_SnapshotFromTheFuture_ClusterTimeGoesOnFromThere()
    {
        LedgerMachine other = new() { ClusterTime = TimeSpan.FromDays(400) };
        other.Put("n", "", 9);
        ProposalResult result = await Log.RestoreAsync(new MemoryStream(other.Snapshot()), new Guid(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
        Same(ProposalOutcome.Applied, result.Outcome, "outcome");
        Same(9, Value("n"), "value");
        await _kernel.AdvanceAsync(TimeSpan.FromSeconds(5));
        await AppliedAsync(Add("n"));
        Check(State.ClusterTime >= TimeSpan.FromDays(400) + TimeSpan.FromSeconds(5), "cluster time stands still");
    }

    /// <summary>A snapshot whose index is above that of this log moves indexes forward, and they go on from there.</summary>
    public async Task Restore_SnapshotOfALogThatWasFurtherOn_IndexesGoOnAboveIt()
    {
        LedgerMachine other = new();
        other.Skip(1_000_000);
        other.Put("n", "", 9);
        for (int i = 1; i <= 2; i++)
        {
            await AppliedAsync(Add("n"));
            using MemoryStream own = new();
            Log.StateMachine.WriteSnapshot(own);
            ProposalResult result = await Log.RestoreAsync(new MemoryStream(other.Snapshot()), new Guid(i, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
            Same(ProposalOutcome.Applied, result.Outcome, "outcome");
            Same(9, Value("n"), "value");
            Check(result.Command.Index > 1_000_000 && State.Index >= result.Command.Index, "index of the restore");
            CommandOutcome next = await AppliedAsync(Add("n"));
            Check(next.Index > result.Command.Index && State.IndexOf(_ledger.ItemTopic("n")) == next.Index, "index after the restore");
            foreach (ReadConsistency consistency in Enum.GetValues<ReadConsistency>())
            {
                ReadBarrierResult barrier = await Log.ReadBarrierAsync(consistency);
                Check(barrier.IsReached && barrier.Index >= next.Index, "the barrier does not cover the proposal");
            }

            using MemoryStream stream = new();
            Log.StateMachine.WriteSnapshot(stream);
            stream.Position = 0;
            StateSnapshot read = Log.StateMachine.ReadSnapshot(stream);
            Check(read.Position == State.Position && read.Ahead == State.Ahead, "the snapshot does not tell where its indexes are");
            own.Position = 0;
            result = await Log.RestoreAsync(own, new Guid(i, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0));
            Check(result.Command.Index > next.Index, "index of the second restore");
        }
    }

    /// <summary>A damaged snapshot throws and changes nothing.</summary>
    public async Task Restore_DamagedSnapshot_ThrowsAndChangesNothing()
    {
        await AppliedAsync(Add("n"));
        StatePosition before = State.Position;
        using MemoryStream stream = new();
        Log.StateMachine.WriteSnapshot(stream);
        byte[] damaged = stream.ToArray();
        damaged[^20] ^= 1;
        try
        {
            await Log.RestoreAsync(new MemoryStream(damaged), Guid.Empty);
            Check(false, "a damaged snapshot was taken");
        }
        catch (DiscoveryException e)
        {
            Same(WriteOutcome.NotApplied, e.WriteOutcome, "write outcome");
        }

        Same(before, State.Position, "position");
        await AppliedAsync(Add("n"));
        Same(2, Value("n"), "value");
    }

    /// <summary>The same client and sequence get the same answer, and are applied once.</summary>
    public async Task Deduplication_Repeated_IsAnsweredAndAppliedOnce()
    {
        Guid client = await OpenClientAsync();
        CommandOutcome first = await AppliedAsync(Add("n", client, 1));
        ProposalResult[] repeated = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Log.ProposeAsync(Add("n", client, 1)).AsTask()));
        foreach (ProposalResult again in repeated)
        {
            Same(first.Index, again.Command.Index, "index");
            Same(CommandStatus.Applied, again.Command.Status, "status");
            Check(first.Result.Span.SequenceEqual(again.Command.Result.Span), "the result differs");
        }

        Same(1, Value("n"), "value");
        CommandProposal throwing = Script(client, 2, new LedgerStep(LedgerAction.Throw, ""));
        CommandOutcome failed = await AppliedAsync(throwing);
        Same(failed.Index, (await AppliedAsync(throwing)).Index, "the index of a repeated failure");
    }

    /// <summary>A client that was never opened, or was evicted, is refused.</summary>
    public async Task Deduplication_EvictedClient_IsRefused()
    {
        Same(CommandStatus.UnknownClient, (await AppliedAsync(Add("n", new Guid(9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9), 1))).Status, "status");
        Guid client = await OpenClientAsync();
        await AppliedAsync(Add("n", client, 1));
        for (int i = 0; i < ClientsMax; i++)
        {
            await OpenClientAsync();
        }

        Same(CommandStatus.UnknownClient, (await AppliedAsync(Add("n", client, 1))).Status, "status of a retry");
        Same(CommandStatus.UnknownClient, (await AppliedAsync(Add("n", client, 2))).Status, "status");
        Same(1, Value("n"), "value");
    }

    /// <summary>A sequence number that has left the window is told apart from one that is new.</summary>
    public async Task Deduplication_SequenceBelowTheWindow_IsRefused()
    {
        Guid client = await OpenClientAsync();
        await AppliedAsync(Add("n", client, 1));
        await AppliedAsync(Add("n", client, 3));
        await AppliedAsync(Add("n", client, 1024));
        Same(CommandStatus.Applied, (await AppliedAsync(Add("n", client, 1))).Status, "the last one of the window");
        Same(CommandStatus.Applied, (await AppliedAsync(Add("n", client, 2))).Status, "a late one");
        Same(4, Value("n"), "value");
        await AppliedAsync(Add("n", client, 1026));
        Same(CommandStatus.SequenceEvicted, (await AppliedAsync(Add("n", client, 1))).Status, "status");
        Same(CommandStatus.SequenceEvicted, (await AppliedAsync(Add("n", client, 2))).Status, "status");
        Same(CommandStatus.Applied, (await AppliedAsync(Add("n", client, 3))).Status, "status");
        Same(5, Value("n"), "value");
    }

    private const int ClientsMax = Discovery.State.ClientEditor.ClientsMax;
}
