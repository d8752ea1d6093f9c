namespace Discovery.Testing;

/// <content>Proposals: answers, order, cancellation, limits, stop and fault.</content>
public abstract partial class CommandLogConformance
{
    /// <summary>The answer carries index and result, and this node's own snapshot has reached the index.</summary>
    public async Task Propose_Command_IsAppliedAndOwnSnapshotHasReachedIt()
    {
        ulong last = State.Index;
        for (int i = 1; i <= 20; i++)
        {
            CommandOutcome outcome = await AppliedAsync(Add("n"));
            Same(CommandStatus.Applied, outcome.Status, "status");
            Check(outcome.Index > last && State.Index >= outcome.Index, "the own snapshot has not reached the index of the answer");
            Check(_ledger.Script.ResultCodec.TryRead(outcome.Result.Span, out long value), "the result");
            Same(i, value, "result");
            last = outcome.Index;
        }
    }

    /// <summary>Proposals of one caller keep their order; all get indexes of their own.</summary>
    public async Task Propose_FromManyCallers_KeepsEachCallersOrder()
    {
        List<ulong> all = [];
        Task[] callers = [.. Enumerable.Range(0, 8).Select(caller => _kernel.Start(async () =>
        {
            ulong last = 0;
            for (int i = 0; i < 25; i++)
            {
                CommandOutcome outcome = await AppliedAsync(Add("n" + caller));
                Check(outcome.Index > last, "a later proposal got a lower index");
                last = outcome.Index;
                all.Add(last);
            }
        }))];
        await Task.WhenAll(callers);
        Same(200, all.Distinct().Count(), "distinct indexes");
        for (int caller = 0; caller < 8; caller++)
        {
            Same(25, Value("n" + caller), "value");
        }
    }

    /// <summary>A body that cannot be decoded, and a module that throws, are answers of the state machine.</summary>
    public async Task Propose_MalformedOrThrowing_IsAppliedWithThatStatus()
    {
        CommandProposal malformed = new(_ledger.Script.Id, new byte[] { 1, 2, 3 }, default, 0, CallContext.Local);
        Same(CommandStatus.MalformedBody, (await AppliedAsync(malformed)).Status, "status");
        CommandProposal throwing = Script(
            default, 0, new LedgerStep(LedgerAction.Add, "n", "", 1), new LedgerStep(LedgerAction.Throw, ""));
        Same(CommandStatus.ModuleFailed, (await AppliedAsync(throwing)).Status, "status");
        Same(0, Value("n"), "value");
    }

    /// <summary>A token that is cancelled already keeps the proposal out of the log.</summary>
    public async Task Propose_CancelledBefore_IsNotApplied()
    {
        Refused(await Log.ProposeAsync(Add("n"), new CancellationToken(true)), ProposalOutcome.NotApplied, ProposalRefusal.Cancelled);
        await AppliedAsync(Add("other"));
        Same(0, Value("n"), "value");
    }

    /// <summary>Given up at any moment, the answer says no more than what is true.</summary>
    public async Task Propose_CancelledOnTheWay_TellsTheTruth()
    {
        for (int i = 0; i < 60; i++)
        {
            using CancellationTokenSource cancel = new();
            string name = "n" + i;
            Task<ProposalResult> proposed = Log.ProposeAsync(Add(name), cancel.Token).AsTask();
            Task cancelled = _kernel.Start(() =>
            {
                cancel.Cancel();
                return Task.CompletedTask;
            });
            ProposalResult result = await proposed;
            await cancelled;
            await AppliedAsync(Add("other"));
            await _kernel.AdvanceAsync(TimeSpan.FromSeconds(10));
            Check(result.Outcome != ProposalOutcome.NotApplied || Value(name) == 0, "told as not applied, and applied");
            Check(result.Outcome != ProposalOutcome.Applied || Value(name) == 1, "told as applied, and not applied");
        }
    }

    /// <summary>Given up while it is being applied, the outcome is unknown.</summary>
    public async Task Propose_CancelledWhileApplied_IsUnknown()
    {
        using CancellationTokenSource cancel = new();
        _ledger.Applying = cancel.Cancel;
        Refused(await Log.ProposeAsync(Add("n"), cancel.Token), ProposalOutcome.Unknown, ProposalRefusal.Cancelled);
        _ledger.Applying = null;
        await AppliedAsync(Add("other"));
        Same(1, Value("n"), "value");
    }

    /// <summary>A full queue refuses, and what it took is applied.</summary>
    public async Task Propose_QueueFull_IsRefusedAsOverloaded()
    {
        Task<ProposalResult>[] proposed = [.. Enumerable.Range(0, 500).Select(_ => Log.ProposeAsync(Add("n")).AsTask())];
        ProposalResult[] results = await Task.WhenAll(proposed);
        int applied = results.Count(result => result.Outcome == ProposalOutcome.Applied);
        int overloaded = results.Count(result => result == ProposalResult.NotApplied(ProposalRefusal.Overloaded));
        Same(500, applied + overloaded, "applied or overloaded");
        Check(applied >= 64 && overloaded > 0, $"{applied} were applied, {overloaded} refused");
        Same(applied, Value("n"), "value");
        await AppliedAsync(Add("n"));
    }

    /// <summary>A command above the limit is refused.</summary>
    public async Task Propose_TooLarge_IsRefused()
    {
        CommandProposal large = new(_ledger.Script.Id, new byte[Log.CommandBytesMax + 1], default, 0, CallContext.Local);
        Refused(await Log.ProposeAsync(large), ProposalOutcome.NotApplied, ProposalRefusal.TooLarge);
        Same(4096, Log.CommandBytesMax, "limit");
    }

    /// <summary>A command that no module declares, or a schema that this server lacks, never gets into the log.</summary>
    public async Task Propose_UnknownCommandOrSchema_IsRefused()
    {
        CommandProposal unknown = new(0x7FFF, new byte[8], default, 0, CallContext.Local);
        Refused(await Log.ProposeAsync(unknown), ProposalOutcome.NotApplied, ProposalRefusal.UnknownCommand);
        CommandProposal schema = new(SystemCommand.RaiseSchema, new byte[] { 1, 0, 0, 0, 120 }, default, 0, CallContext.Local);
        Refused(await Log.ProposeAsync(schema), ProposalOutcome.NotApplied, ProposalRefusal.UnknownCommand);
        await AppliedAsync(Add("n"));
    }

    /// <summary>Stopping answers everything, ends the leadership, and refuses what comes later.</summary>
    public async Task Stop_WithProposalsUnderWay_AnswersAll()
    {
        Leadership leadership = Log.Leadership;
        Check(leadership.IsLeader && leadership.Leader is not null && !leadership.Ended.IsCancellationRequested, "it must lead");
        Task<ProposalResult>[] proposed = [.. Enumerable.Range(0, 10).Select(_ => Log.ProposeAsync(Add("n")).AsTask())];
        await _subject.Stop();
        ProposalResult[] results = await Task.WhenAll(proposed);
        int applied = results.Count(result => result.Outcome == ProposalOutcome.Applied);
        Check(Value("n") >= applied, "an applied one is not in the state");
        Check(leadership.Ended.IsCancellationRequested, "the leadership has not ended");
        Check(!Log.Leadership.IsLeader && Log.Leadership.Leader is null, "a stopped log leads");
        Refused(await Log.ProposeAsync(Add("n")), ProposalOutcome.NotApplied, ProposalRefusal.Stopped);
        Same(ProposalRefusal.Stopped, (await Log.ReadBarrierAsync(ReadConsistency.Default)).Refusal, "barrier");
        Check((await Log.ReadBarrierAsync(ReadConsistency.Stale)).IsReached, "a stale read works to the end");
    }

    /// <summary>A broken invariant faults the node: nothing of the batch is applied, further work is refused, stale reads go on.</summary>
    public async Task Fault_BrokenInvariant_RefusesFurtherWork()
    {
        await AppliedAsync(Add("n"));
        ulong index = State.Index;
        CommandProposal broken = Script(default, 0, new LedgerStep(LedgerAction.Add, "n", "", 1), new LedgerStep(LedgerAction.Break, ""));
        ProposalResult result = await Log.ProposeAsync(broken);
        Check(result.Outcome != ProposalOutcome.Applied && result.Refusal == ProposalRefusal.Faulted, "the fault was not told");
        Check(Log.StateMachine.Fault is InvariantViolationException, "the machine knows why");
        Same(ProposalRefusal.Faulted, (await Log.ProposeAsync(Add("n"))).Refusal, "refusal");
        Same(ProposalRefusal.Faulted, (await Log.ReadBarrierAsync(ReadConsistency.Default)).Refusal, "barrier");
        Check((await Log.ReadBarrierAsync(ReadConsistency.Stale)).IsReached, "stale barrier");
        Same(index, State.Index, "index");
        Same(1, Value("n"), "value");
    }
}
