using System.Threading.Channels;
using Discovery.Replication;
using Discovery.State;
using Discovery.Wire;

namespace Discovery;

/// <summary>The log of a node that runs alone: one loop stamps, encodes and applies; nothing is kept on disk.</summary>
/// <remarks>
/// Applies the decoded bytes of each entry, as a replicated log does, so that a command that cannot be encoded is found here.
/// </remarks>
public sealed class LocalCommandLog : ICommandLog, IAsyncDisposable, IDisposable
{
    private const int EncodedBytesKept = 1024 * 1024;

    private readonly LocalCommandLogOptions _options;
    private readonly NodeRuntime _runtime;
    private readonly Channel<LocalProposal> _queue;
    private readonly CancellationTokenSource _ended = new();
    private readonly WireBuffer _encoded = new();
    private ClusterClock _clock;
    private long _queuedBytes;
    private Leadership _leadership;
    private Task? _loop;

    /// <summary>Creates the log; it takes proposals at once and applies them once started.</summary>
    /// <param name="stateMachine">What it applies to.</param>
    /// <param name="runtime">Clock and scheduler.</param>
    /// <param name="nodeName">This node's name: the leader's name.</param>
    /// <param name="options">The limits.</param>
    public LocalCommandLog(StateMachine stateMachine, NodeRuntime runtime, string nodeName, LocalCommandLogOptions options)
    {
        ArgumentNullException.ThrowIfNull(stateMachine);
        ArgumentNullException.ThrowIfNull(runtime);
        ArgumentNullException.ThrowIfNull(options);
        StateMachine = stateMachine;
        _runtime = runtime;
        _options = options;
        _queue = Channel.CreateBounded<LocalProposal>(new BoundedChannelOptions(options.QueueLength) { SingleReader = true });
        _clock = new ClusterClock(stateMachine.Current.ClusterTime, runtime.Time);
        _leadership = new Leadership(1, nodeName, isLeader: true, _ended.Token);
    }

    /// <inheritdoc/>
    public StateMachine StateMachine { get; }

    /// <inheritdoc/>
    public Leadership Leadership => Volatile.Read(ref _leadership);

    /// <inheritdoc/>
    public TimeSpan LastContact => TimeSpan.Zero;

    /// <inheritdoc/>
    public int CommandBytesMax => _options.CommandBytesMax;

    /// <inheritdoc/>
    public TimeSpan ClusterTime => Volatile.Read(ref _clock).Now;

    /// <summary>Gives a fresh state its lineage and starts the apply loop.</summary>
    /// <param name="lineage">The lineage, used if the state has none yet.</param>
    public void Start(Guid lineage)
    {
        Invariant.Check(_loop is null, "the log was started twice");
        var begin = new CommandProposal(SystemCommand.BeginLineage, SystemCommands.EncodeGuid(lineage), Guid.Empty, 0, CallContext.Local);
        var first = new LocalProposal(begin, null, Guid.Empty);
        Invariant.Check(first.TryTake(), "a new proposal was withdrawn");
        Interlocked.Add(ref _queuedBytes, begin.Body.Length);
        ApplyCommands([first]);
        _loop = _runtime.Start(RunAsync);
    }

    /// <inheritdoc/>
    public ValueTask<ProposalResult> ProposeAsync(CommandProposal proposal, CancellationToken cancellationToken = default) =>
        proposal.Body.Length > CommandBytesMax ? ValueTask.FromResult(ProposalResult.NotApplied(ProposalRefusal.TooLarge))
            : !StateMachine.CanApply(proposal) ? ValueTask.FromResult(ProposalResult.NotApplied(ProposalRefusal.UnknownCommand))
            : EnqueueAsync(new LocalProposal(proposal, null, Guid.Empty), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ReadBarrierResult> ReadBarrierAsync(ReadConsistency consistency, CancellationToken cancellationToken = default)
    {
        ProposalRefusal refusal = consistency == ReadConsistency.Stale ? ProposalRefusal.None : RefusalNow();
        return ValueTask.FromResult(new ReadBarrierResult(refusal == ProposalRefusal.None, StateMachine.Current.Index, refusal));
    }

    /// <inheritdoc/>
    public async ValueTask<ProposalResult> RestoreAsync(Stream snapshot, Guid lineage, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        StateSnapshot read;
        try
        {
            read = await StateMachine.ReadSnapshotAsync(snapshot, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return ProposalResult.NotApplied(ProposalRefusal.Cancelled);
        }

        return await EnqueueAsync(new LocalProposal(default, read, lineage), cancellationToken);
    }

    /// <summary>Stops taking proposals, applies what is queued, and ends the leadership.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        if (_loop is not null)
        {
            await _loop;
        }

        while (_queue.Reader.TryRead(out LocalProposal? proposal))
        {
            Complete(proposal, ProposalResult.NotApplied(ProposalRefusal.Stopped));
        }

        Volatile.Write(ref _leadership, new Leadership(1, null, isLeader: false, _ended.Token));
        _ended.Cancel();
        _encoded.Dispose();
    }

    /// <summary>Stops taking proposals and ends the leadership, without waiting for what is queued.</summary>
    public void Dispose()
    {
        _queue.Writer.TryComplete();
        Volatile.Write(ref _leadership, new Leadership(1, null, isLeader: false, _ended.Token));
        _ended.Cancel();
    }

    private ProposalRefusal RefusalNow() => StateMachine.Fault is not null ? ProposalRefusal.Faulted
        : _ended.IsCancellationRequested ? ProposalRefusal.Stopped
        : ProposalRefusal.None;

    private async ValueTask<ProposalResult> EnqueueAsync(LocalProposal proposal, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ProposalResult.NotApplied(ProposalRefusal.Cancelled);
        }

        if (Interlocked.Add(ref _queuedBytes, proposal.Command.Body.Length) > _options.QueueBytesMax)
        {
            Interlocked.Add(ref _queuedBytes, -proposal.Command.Body.Length);
            return ProposalResult.NotApplied(ProposalRefusal.Overloaded);
        }

        if (!_queue.Writer.TryWrite(proposal))
        {
            Interlocked.Add(ref _queuedBytes, -proposal.Command.Body.Length);
            // A bounded channel refuses a write when it is full and when it is completed; waiting tells the two apart without waiting.
            ValueTask<bool> canWrite = _queue.Writer.WaitToWriteAsync(CancellationToken.None);
            bool isCompleted = canWrite.IsCompletedSuccessfully && !canWrite.Result;
            return ProposalResult.NotApplied(isCompleted ? ProposalRefusal.Stopped : ProposalRefusal.Overloaded);
        }

        await using (cancellationToken.UnsafeRegister(static state => ((LocalProposal)state!).GiveUp(), proposal))
        {
            return await proposal.Answer;
        }
    }

    private async Task RunAsync()
    {
        var commands = new List<LocalProposal>();
        long bytes = 0;
        while (await _queue.Reader.WaitToReadAsync())
        {
            while (_queue.Reader.TryRead(out LocalProposal? proposal))
            {
                if (!proposal.TryTake())
                {
                    Complete(proposal, ProposalResult.NotApplied(ProposalRefusal.Cancelled));
                    continue;
                }

                if (proposal.Restored is not null)
                {
                    ApplyCommands(commands);
                    ApplyRestore(proposal);
                    bytes = 0;
                    continue;
                }

                commands.Add(proposal);
                bytes += proposal.Command.Body.Length;
                if (commands.Count >= _options.BatchEntriesMax || bytes >= _options.BatchBytesMax)
                {
                    ApplyCommands(commands);
                    bytes = 0;
                }
            }

            ApplyCommands(commands);
            bytes = 0;
        }
    }

    private void ApplyCommands(List<LocalProposal> commands)
    {
        if (commands.Count == 0)
        {
            return;
        }

        var outcomes = new CommandOutcome[commands.Count];
        ulong last = StateMachine.Current.Index + (ulong)commands.Count;
        bool isApplied = TryApply(() => StateMachine.Apply(Encode(commands), outcomes)) || StateMachine.Current.Index == last;
        for (int i = 0; i < commands.Count; i++)
        {
            Complete(commands[i], isApplied ? ProposalResult.Applied(outcomes[i]) : ProposalResult.NotApplied(ProposalRefusal.Faulted));
        }

        commands.Clear();
        _encoded.Reset(EncodedBytesKept);
    }

    private void ApplyRestore(LocalProposal proposal)
    {
        ulong index = Math.Max(StateMachine.Current.Index, proposal.Restored!.Index) + 1;
        bool isApplied = TryApply(() => StateMachine.Restore(proposal.Restored, index, proposal.Lineage, ClusterTime))
            || StateMachine.Current.Index == index;
        Volatile.Write(ref _clock, new ClusterClock(StateMachine.Current.ClusterTime, _runtime.Time));
        Complete(proposal, isApplied
            ? ProposalResult.Applied(new CommandOutcome(index, CommandStatus.Applied, default))
            : ProposalResult.NotApplied(ProposalRefusal.Faulted));
    }

    private void Complete(LocalProposal proposal, ProposalResult result)
    {
        Interlocked.Add(ref _queuedBytes, -proposal.Command.Body.Length);
        proposal.Complete(result);
    }

    // The machine keeps its own fault; whoever proposes from now on is refused by it, and the loop goes on answering.
    private static bool TryApply(Action apply)
    {
        try
        {
            apply();
            return true;
        }
        catch (InvariantViolationException)
        {
            return false;
        }
    }

    private StateEntry[] Encode(List<LocalProposal> commands)
    {
        TimeSpan clusterTime = ClusterTime;
        DateTimeOffset wallTime = _runtime.Time.GetUtcNow();
        ulong index = StateMachine.Current.Index;
        _encoded.Clear();
        var ends = new int[commands.Count];
        for (int i = 0; i < commands.Count; i++)
        {
            CommandProposal command = commands[i].Command;
            new CommandEnvelope(clusterTime, wallTime, command.ClientId, command.Sequence, command.CommandId, command.Body)
                .WriteTo(_encoded);
            ends[i] = _encoded.WrittenCount;
        }

        var entries = new StateEntry[commands.Count];
        ReadOnlyMemory<byte> bytes = _encoded.WrittenMemory;
        for (int i = 0; i < entries.Length; i++)
        {
            int start = i == 0 ? 0 : ends[i - 1];
            entries[i] = new StateEntry(++index, bytes[start..ends[i]]);
        }

        return entries;
    }
}
