using Discovery.DependencyInjection;
using Discovery.Driver;
using Discovery.Protocol;
using Discovery.Storage;
using Discovery.Transport;
using Microsoft.Extensions.Logging;

namespace Discovery.Autopilot;

/// <summary>This node's part in the log, from its start to its stop.</summary>
/// <remarks>Before the log is open there is no leader: whoever proposes then tries again, and whoever waits for one is woken.</remarks>
internal sealed partial class RaftServer(
    StateMachine stateMachine,
    NodeRuntime runtime,
    ServerPlace place,
    RaftOptions options,
    Func<RaftNetwork?> createNetwork,
    ILogger<RaftServer> logger) : IHostedCommandLog
{
    private readonly CancellationTokenSource _stopping = new();
    private LeadershipBefore _before = new();
    private RaftCommandLog? _log;
    private RaftDriver? _driver;
    private LogStore? _store;
    private RaftTransport? _transport;
    private Task _running = Task.CompletedTask;
    private CommandLogHost? _host;
    private RaftNetwork? _network;
    private Exception? _fault;

    /// <summary>This server's part in the protocol; null before it has one.</summary>
    public RaftDriver? Driver => Volatile.Read(ref _driver);

    /// <summary>What this server reaches the others by; null of one that is alone, and before it starts.</summary>
    public RaftTransport? Transport => Volatile.Read(ref _transport);

    /// <summary>Does what operators ask of this server when it leads.</summary>
    public required Func<LeaderDesk> Desk { get; init; }

    /// <summary>Whether the node stops.</summary>
    public required NodeLifetime Lifetime { get; init; }

    /// <summary>The node's RPC port; null of one that has none.</summary>
    public IRpcServer? Rpc { get; init; }

    public string NodeName => _host?.NodeName ?? "";

    /// <summary>Where this server's RPC port is, as <c>host:port</c>; empty of one that has none.</summary>
    public string Address =>
        _host is { } host && Rpc?.Endpoint is { } endpoint ? new PeerAddress(host.Address, endpoint.Port).ToString() : "";

    /// <summary>The cluster that this server belongs to; empty while it belongs to none.</summary>
    public Guid Cluster => _store?.Identity.Cluster ?? Guid.Empty;

    public StateMachine StateMachine => stateMachine;

    public Leadership Leadership => Volatile.Read(ref _log)?.Leadership ?? Volatile.Read(ref _before).Leadership;

    public TimeSpan LastContact => Volatile.Read(ref _log)?.LastContact ?? TimeSpan.Zero;

    public int CommandBytesMax => options.CommandBytesMax;

    public TimeSpan ClusterTime => IsWitness ? TimeSpan.Zero
        : Volatile.Read(ref _log)?.ClusterTime ?? stateMachine.Current.ClusterTime;

    public bool NeedsOthers => _network is not null;

    public Exception? Fault => Volatile.Read(ref _fault) ?? Volatile.Read(ref _driver)?.Fault;

    public string? Concern => Driver switch
    {
        { DiskTrouble: { } trouble } => trouble,
        { IsSingleCopy: true } =>
            "Single copy: what is written is in full on this server only, beside a witness, until another voter has caught up",
        _ => null,
    };

    public ValueTask<ProposalResult> ProposeAsync(CommandProposal proposal, CancellationToken cancellationToken = default) =>
        IsWitness ? ValueTask.FromResult(ProposalResult.NotApplied(ProposalRefusal.Witness))
            : Volatile.Read(ref _log) is { } log
            ? log.ProposeAsync(proposal, cancellationToken)
            : ValueTask.FromResult(ProposalResult.NotApplied(ProposalRefusal.NoLeader));

    public ValueTask<ReadBarrierResult> ReadBarrierAsync(ReadConsistency consistency, CancellationToken cancellationToken = default) =>
        IsWitness ? ValueTask.FromResult(new ReadBarrierResult(false, 0, ProposalRefusal.Witness))
            : Volatile.Read(ref _log) is { } log
            ? log.ReadBarrierAsync(consistency, cancellationToken)
            : ValueTask.FromResult(new ReadBarrierResult(
                consistency == ReadConsistency.Stale, stateMachine.Current.Index,
                consistency == ReadConsistency.Stale ? ProposalRefusal.None : ProposalRefusal.NoLeader));

    public ValueTask<bool> SettleAsync(CancellationToken cancellationToken = default) =>
        Volatile.Read(ref _log) is { } log ? log.SettleAsync(cancellationToken) : ValueTask.FromResult(false);

    public ValueTask<ProposalResult> RestoreAsync(Stream snapshot, Guid lineage, CancellationToken cancellationToken = default) =>
        IsWitness ? ValueTask.FromResult(ProposalResult.NotApplied(ProposalRefusal.Witness))
            : Volatile.Read(ref _log) is { } log
            ? log.RestoreAsync(snapshot, lineage, cancellationToken)
            : ValueTask.FromResult(ProposalResult.NotApplied(ProposalRefusal.NoLeader));

    public async Task StartAsync(CommandLogHost host, CancellationToken cancellationToken)
    {
        Invariant.Check(_store is null, "the log was started twice");
        _host = host;
        long began = runtime.Time.GetTimestamp();
        NodeStorage storage = await OpenStorageAsync(host);
        var snapshots = new RaftSnapshots(storage.Snapshots, stateMachine, runtime);
        foreach (string damaged in storage.Snapshots.Damaged)
        {
            Log.SnapshotDamaged(logger, damaged);
        }

        if (storage.Base is { } found && !IsWitness)
        {
            await snapshots.InstallAsync(found);
        }

        RecoveredLog recovered = _store!.Recovered;
        Log.Opened(
            logger, recovered.Snapshot?.Last.Index ?? 0, recovered.Terms.Last.Index, recovered.State.Term,
            (long)runtime.Time.GetElapsedTime(began).TotalMilliseconds, _store.Identity.Id.ToString());
        JoinNetwork(recovered);
        if (NeedsOthers)
        {
            _running = runtime.Start(() => LiveAsync(host, snapshots));
            return;
        }

        if (Bootstrap.IsFresh(recovered))
        {
            // A cluster of one is a cluster: should the node be given a list of servers later, theirs is another one.
            await _store.SetClusterAsync(ClusterFormation.IdOf(Alone));
            recovered = await Bootstrap.RunAsync(_store, Alone.Members);
            Log.Bootstrapped(logger, host.NodeName);
        }

        Drive(host, snapshots, recovered, new NoPeers());
        await LeadAsync(cancellationToken);
        _running = runtime.Start(WatchAsync);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_driver is not null)
        {
            await _driver.DisposeAsync();
        }

        await _stopping.CancelAsync();
        _before.End();
        await _running;
        if (_transport is not null)
        {
            _network!.Handler.Transport = null;
            await _transport.DisposeAsync();
        }

        if (_store is not null)
        {
            await _store.DisposeAsync();
        }
    }

    // Alone is who is told of nobody else, and has a log that is nobody else's.
    private void JoinNetwork(RecoveredLog recovered)
    {
        RaftConfiguration members = recovered.Configurations.LastOrDefault()?.Configuration
            ?? recovered.Snapshot?.Configuration.Configuration ?? RaftConfiguration.Empty;
        bool isShared = members.Everybody().Any(id => id != _store!.Identity.Id);
        if (isShared || options.Servers.Any(server => server != Address))
        {
            _network = createNetwork();
        }

        if (isShared && _network is null)
        {
            throw new DiscoveryException(
                DiscoveryError.InvalidRequest,
                $"The log in {Path.Combine(place.DataDirectory, "raft")} is of {members.Members.Length} servers, and this one has no port "
                + "for the others: call AddRpcServer(), and name them in RaftOptions.Servers.");
        }
    }

    private void Drive(CommandLogHost host, RaftSnapshots snapshots, RecoveredLog recovered, IRaftTransport transport)
    {
        var parts = new RaftParts
        {
            StateMachine = stateMachine,
            Runtime = runtime,
            Log = _store!,
            Recovered = recovered,
            Snapshots = snapshots,
            Transport = transport,
            Core = RaftOptionsValidator.ToCore(options),
            Options = RaftOptionsValidator.ToLog(options),
            NodeName = host.NodeName,
            NewId = Guid.NewGuid,
            Seed = (ulong)runtime.CreateRandom().NextInt64(),
            Logger = logger,
            SingleCopyChanged = TellSingleCopy,
        };
        var driver = new RaftDriver(parts);
        Volatile.Write(ref _driver, driver);
        driver.Start();
        Volatile.Write(ref _log, new RaftCommandLog(parts, driver));
        _before.End();
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
        bool isTold = false;
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
            else if (!isTold && !IsStopping)
            {
                Log.NobodyLeads(logger, now.Term);
            }

            // An election may take several terms, each of which begins without a leader.
            isTold = now.Leader is null;
            await EndAsync(now, CancellationToken.None);
        }
    }

    // Servers that stop together leave each other without a leader and without a second copy: that is no trouble to tell of.
    private bool IsStopping => Lifetime.Stopping.IsCancellationRequested;

    private void TellFault()
    {
        if (_driver!.Fault is { } fault)
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
