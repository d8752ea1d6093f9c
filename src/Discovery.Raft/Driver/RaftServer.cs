using Discovery.DependencyInjection;
using Discovery.Protocol;
using Discovery.Storage;
using Discovery.Transport;
using Microsoft.Extensions.Logging;

namespace Discovery.Driver;

/// <summary>This node's part in the log, from its start to its stop.</summary>
/// <remarks>Before the start there is no leader, so that whoever proposes then tries again.</remarks>
internal sealed class RaftServer(
    StateMachine stateMachine, NodeRuntime runtime, IDisk disk, string dataDirectory, RaftOptions options, ILogger<RaftServer> logger)
    : IHostedCommandLog
{
    private static readonly Leadership s_none = new(0, null, isLeader: false, CancellationToken.None);

    private RaftCommandLog? _log;
    private RaftDriver? _driver;
    private LogStore? _store;
    private Task _watching = Task.CompletedTask;

    public StateMachine StateMachine => stateMachine;

    public Leadership Leadership => Volatile.Read(ref _log)?.Leadership ?? s_none;

    public TimeSpan LastContact => Volatile.Read(ref _log)?.LastContact ?? TimeSpan.Zero;

    public int CommandBytesMax => options.CommandBytesMax;

    public TimeSpan ClusterTime => Volatile.Read(ref _log)?.ClusterTime ?? stateMachine.Current.ClusterTime;

    public bool NeedsOthers => false;

    public Exception? Fault => Volatile.Read(ref _driver)?.Fault;

    public ValueTask<ProposalResult> ProposeAsync(CommandProposal proposal, CancellationToken cancellationToken = default) =>
        Volatile.Read(ref _log) is { } log
            ? log.ProposeAsync(proposal, cancellationToken)
            : ValueTask.FromResult(ProposalResult.NotApplied(ProposalRefusal.NoLeader));

    public ValueTask<ReadBarrierResult> ReadBarrierAsync(ReadConsistency consistency, CancellationToken cancellationToken = default) =>
        Volatile.Read(ref _log) is { } log
            ? log.ReadBarrierAsync(consistency, cancellationToken)
            : ValueTask.FromResult(new ReadBarrierResult(
                consistency == ReadConsistency.Stale, stateMachine.Current.Index,
                consistency == ReadConsistency.Stale ? ProposalRefusal.None : ProposalRefusal.NoLeader));

    public ValueTask<ProposalResult> RestoreAsync(Stream snapshot, Guid lineage, CancellationToken cancellationToken = default) =>
        Volatile.Read(ref _log) is { } log
            ? log.RestoreAsync(snapshot, lineage, cancellationToken)
            : ValueTask.FromResult(ProposalResult.NotApplied(ProposalRefusal.NoLeader));

    public async Task StartAsync(CommandLogHost host, CancellationToken cancellationToken)
    {
        Invariant.Check(_driver is null, "the log was started twice");
        long began = runtime.Time.GetTimestamp();
        string directory = Path.Combine(dataDirectory, "raft");
        var snapshots = new RaftSnapshots(
            await SnapshotStore.OpenAsync(disk, Path.Combine(directory, "snapshots")), stateMachine, runtime);
        SnapshotMeta? newest = await snapshots.InstallNewestAsync();
        _store = await LogStore.OpenAsync(
            disk, Path.Combine(directory, "log"), host.NodeId, Guid.Empty, Guid.NewGuid(), newest);
        RecoveredLog recovered = _store.Recovered;
        if (Bootstrap.IsFresh(recovered))
        {
            RaftMember[] members = [new RaftMember(_store.Identity.Id, MemberRole.Voter)];
            recovered = await Bootstrap.RunAsync(_store, members);
            Log.Bootstrapped(logger, host.NodeName);
        }

        Log.Opened(
            logger, newest?.Last.Index ?? 0, recovered.Terms.Last.Index, recovered.State.Term,
            (long)runtime.Time.GetElapsedTime(began).TotalMilliseconds, _store.Identity.Id.ToString());
        var parts = new RaftParts
        {
            StateMachine = stateMachine,
            Runtime = runtime,
            Log = _store,
            Recovered = recovered,
            Snapshots = snapshots,
            Transport = new NoPeers(),
            Core = RaftOptionsValidator.ToCore(options),
            Options = RaftOptionsValidator.ToLog(options),
            NodeName = host.NodeName,
            NewId = Guid.NewGuid,
            Seed = (ulong)runtime.CreateRandom().NextInt64(),
            Logger = logger,
        };
        var driver = new RaftDriver(parts);
        Volatile.Write(ref _driver, driver);
        driver.Start();
        Volatile.Write(ref _log, new RaftCommandLog(parts, driver));
        await LeadAsync(cancellationToken);
        _watching = runtime.Start(WatchAsync);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_driver is not null)
        {
            await _driver.DisposeAsync();
            await _watching;
        }

        if (_store is not null)
        {
            await _store.DisposeAsync();
        }
    }

    // A server alone answers to nobody before all that its log has is in the state again.
    private async Task LeadAsync(CancellationToken cancellationToken)
    {
        while (Leadership is { IsLeader: false } before)
        {
            if (Fault is { } fault)
            {
                throw fault;
            }

            await EndAsync(before, cancellationToken);
        }
    }

    private async Task WatchAsync()
    {
        while (true)
        {
            Leadership now = Leadership;
            if (_driver!.IsStopped)
            {
                TellFault();
                return;
            }

            if (now.IsLeader)
            {
                Log.Leads(logger, now.Term);
            }
            else if (now.Leader is { } leader)
            {
                Log.Follows(logger, leader, now.Term);
            }
            else
            {
                Log.NobodyLeads(logger, now.Term);
            }

            await EndAsync(now, CancellationToken.None);
        }
    }

    private void TellFault()
    {
        if (Fault is { } fault)
        {
            Log.Faulted(logger, fault.Message, fault);
        }
    }

    private static async Task EndAsync(Leadership leadership, CancellationToken cancellationToken)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using (leadership.Ended.UnsafeRegister(static state => ((TaskCompletionSource)state!).TrySetResult(), ended))
        {
            await ended.Task.WaitAsync(cancellationToken);
        }
    }
}
