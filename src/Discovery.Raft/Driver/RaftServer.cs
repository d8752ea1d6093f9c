using Discovery.Autopilot;
using Discovery.DependencyInjection;
using Discovery.Protocol;
using Discovery.Storage;
using Discovery.Transport;
using Microsoft.Extensions.Logging;

namespace Discovery.Driver;

/// <summary>This node's part in the log, from its start to its stop.</summary>
/// <remarks>Before the log is open there is no leader: whoever proposes then tries again, and whoever waits for one is woken.</remarks>
internal sealed class RaftServer(
    StateMachine stateMachine,
    NodeRuntime runtime,
    ServerPlace place,
    RaftOptions options,
    RaftNetwork? network,
    ILogger<RaftServer> logger) : IHostedCommandLog
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly LeadershipBefore _before = new();
    private RaftCommandLog? _log;
    private RaftDriver? _driver;
    private LogStore? _store;
    private RaftTransport? _transport;
    private Task _running = Task.CompletedTask;
    private Exception? _fault;

    public StateMachine StateMachine => stateMachine;

    public Leadership Leadership => Volatile.Read(ref _log)?.Leadership ?? _before.Leadership;

    public TimeSpan LastContact => Volatile.Read(ref _log)?.LastContact ?? TimeSpan.Zero;

    public int CommandBytesMax => options.CommandBytesMax;

    public TimeSpan ClusterTime => Volatile.Read(ref _log)?.ClusterTime ?? stateMachine.Current.ClusterTime;

    public bool NeedsOthers => options.Servers.Count > 1;

    public Exception? Fault => Volatile.Read(ref _fault) ?? Volatile.Read(ref _driver)?.Fault;

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
        Invariant.Check(_store is null, "the log was started twice");
        long began = runtime.Time.GetTimestamp();
        NodeStorage storage = await NodeStorage.OpenAsync(
            place.Disk, Path.Combine(place.DataDirectory, "raft"), host.NodeId, Guid.Empty, Guid.NewGuid());
        _store = storage.Log;
        var snapshots = new RaftSnapshots(storage.Snapshots, stateMachine, runtime);
        if (storage.Base is { } found)
        {
            await snapshots.InstallAsync(found);
        }

        RecoveredLog recovered = _store.Recovered;
        Log.Opened(
            logger, recovered.Snapshot?.Last.Index ?? 0, recovered.Terms.Last.Index, recovered.State.Term,
            (long)runtime.Time.GetElapsedTime(began).TotalMilliseconds, _store.Identity.Id.ToString());
        if (NeedsOthers)
        {
            _running = runtime.Start(() => JoinAsync(host, snapshots));
            return;
        }

        if (Bootstrap.IsFresh(recovered))
        {
            // A cluster of one is a cluster: should the node be given a list of servers later, theirs is another one.
            RaftMember[] alone = [new RaftMember(_store.Identity.Id, MemberRole.Voter)];
            await _store.SetClusterAsync(ClusterFormation.IdOf(alone));
            recovered = await Bootstrap.RunAsync(_store, alone);
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
            network!.Handler.Transport = null;
            await _transport.DisposeAsync();
        }

        if (_store is not null)
        {
            await _store.DisposeAsync();
        }
    }

    private async Task JoinAsync(CommandLogHost host, RaftSnapshots snapshots)
    {
        var identity = new TransportIdentity(_store!.Identity.Id, host.NodeName, _store.Identity.Cluster);
        var directory = new StaticPeerDirectory();
        _transport = network!.Create(identity, directory);
        network.Handler.Transport = _transport;
        List<PeerAddress> servers = [];
        foreach (string server in options.Servers)
        {
            bool isAddress = PeerAddress.TryParse(server, out PeerAddress address);
            Invariant.Check(isAddress, "an address that was validated");
            servers.Add(address);
        }

        var formation = new ClusterFormation(
            _transport, identity, directory, new FormationParts(servers, network.Others, runtime, logger));
        try
        {
            RecoveredLog recovered = _store.Recovered;
            if (Bootstrap.IsFresh(recovered))
            {
                (Guid cluster, RaftMember[] members) = await formation.FormAsync(_stopping.Token);
                await _store.SetClusterAsync(cluster);
                recovered = await Bootstrap.RunAsync(_store, members);
                identity.Cluster = cluster;
                Autopilot.Log.Begins(logger, cluster, members.Length);
            }

            Drive(host, snapshots, recovered, _transport);
            _transport.Start(_driver!);
            Task watching = WatchAsync();
            await formation.FollowAsync(_stopping.Token);
            await watching;
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The node stops.
        }
        catch (Exception e)
        {
            Volatile.Write(ref _fault, e);
            Log.Faulted(logger, e.Message, e);
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
