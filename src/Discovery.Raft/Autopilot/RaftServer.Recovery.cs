using System.Security.Cryptography;
using System.Text;
using Discovery.DependencyInjection;
using Discovery.Driver;
using Discovery.Protocol;
using Discovery.Storage;

namespace Discovery.Autopilot;

/// <content>Going on alone after the quorum was lost for good.</content>
/// <remarks>
/// The disk's word on it is the log's identity: once that names the new cluster, with the entry that makes this server its only member, a
/// crash at any point is followed by doing the rest at the next start. Before that, the cluster is the one that it was.
/// 1. What is applied becomes a snapshot, for the state of this process goes on.
/// 2. The identity is written: new cluster, old cluster, the entry to come.
/// 3. The entry is appended, in a higher term.
/// 4. The server leads itself, and has its own state restored under a new lineage, so that nobody resumes a watch across it unnoticed.
/// 5. The identity is written again: nothing is pending.
/// </remarks>
internal sealed partial class RaftServer
{
    private const int QuietElections = 10;
    private const int EndingElections = 5;

    private static readonly TimeSpan s_recoveryPatience = TimeSpan.FromSeconds(10);

    private TaskCompletionSource<RecoveryCall> _recovering = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private RecoveryCall? _recovery;

    /// <summary>How long no leader must have been heard: a quorum that is there elects one within it.</summary>
    private TimeSpan Quiet => options.ElectionTimeout * QuietElections;

    /// <summary>Gives the cluster up for one of this server alone.</summary>
    /// <exception cref="DiscoveryException">A leader is known, or this server cannot.</exception>
    public async Task<RecoveryReport> RecoverAsync(string reason, CancellationToken cancellationToken)
    {
        if (_network is null || Driver is not { } driver || driver.Members.Configuration.Members.IsEmpty)
        {
            throw new DiscoveryException(
                DiscoveryError.InvalidRequest, "This server has no others to have lost: there is nothing to recover from.");
        }

        using var bound = new CancellationTokenSource(Quiet + s_recoveryPatience, runtime.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(bound.Token, cancellationToken);
        RecoveryCall call;
        try
        {
            call = await StopForRecoveryAsync(driver, reason, either.Token);
        }
        catch (OperationCanceledException) when (driver.IsStopped)
        {
            throw new DiscoveryException(DiscoveryError.Stopped, "This server takes no part in its cluster any more.");
        }
        catch (OperationCanceledException) when (bound.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new DiscoveryException(
                DiscoveryError.Overloaded,
                "This server did not come to rest to recover from: leaders come and go, or it is behind. Try again.");
        }

        Volatile.Write(ref _recovery, call);
        _recovering.TrySetResult(call);
        return await call.Done.Task;
    }

    private async Task<RecoveryCall> StopForRecoveryAsync(RaftDriver driver, string reason, CancellationToken cancellationToken)
    {
        long began = runtime.Time.GetTimestamp();
        while (true)
        {
            RecoveryCall? call = null;
            string? refusal = null;
            ulong commit = 0;
            try
            {
                await driver.CallAsync(
                    (core, _) =>
                    {
                        refusal = RefusalOf(core, runtime.Time.GetElapsedTime(began));
                        commit = core.Commit;
                        if (refusal is null && core.Leader == VoterId.None && driver.LeaderSilence >= Quiet && core.Applied == commit)
                        {
                            // From here on nothing more is taken in: what is applied now is what there is.
                            call = new RecoveryCall(reason, core.DescribeSnapshot(core.Applied), core.Configuration);
                            driver.Abandon();
                        }

                        return commit;
                    },
                    cancellationToken);
            }
            catch (OperationCanceledException) when (call is not null)
            {
                // The driver has stopped, as it was told to.
            }

            if (call is not null)
            {
                return call;
            }

            if (refusal is not null)
            {
                throw new DiscoveryException(DiscoveryError.InvalidRequest, refusal);
            }

            await driver.WaitAppliedAsync(commit, cancellationToken);
            await Task.Delay(options.ElectionTimeout / 2, runtime.Time, cancellationToken);
        }
    }

    // A leader whose others are lost leads on for as long as followers may wait: it has some time to notice.
    private string? RefusalOf(RaftCore core, TimeSpan asked) =>
        IsWitness ? "This server is a witness: it has no state to go on from. Recover on a full server."
        : core.Leader != VoterId.None && (core.Leader != core.Self || asked > options.ElectionTimeout * EndingElections)
            ? "There is a leader: nothing is to be recovered from. Remove lost servers instead."
        : null;

    private async Task<NodeStorage> OpenStorageAsync(CommandLogHost host)
    {
        string directory = Path.Combine(place.DataDirectory, "raft");
        LogStoreOptions sizes = RaftOptionsValidator.ToStore(options);
        NodeStorage storage = await NodeStorage.OpenAsync(place.Disk, directory, host.NodeId, Guid.Empty, Guid.NewGuid(), sizes);
        if (storage.Log is { Identity.Recovery: { IsPending: true } mark } log && log.Recovered.Terms.Last.Index < mark.At.Index)
        {
            RaftConfiguration alone = RaftConfiguration.Of([new RaftMember(log.Identity.Id, MemberRole.Voter)]);
            log.Append(new LogBatch
            {
                State = new HardState(mark.At.Term, VoterId.None),
                Entries = [new LogEntry(mark.At.Index, mark.At.Term, EntryKind.Configuration, alone.Encode())],
            });
            await log.SyncAsync();
            await log.DisposeAsync();
            storage = await NodeStorage.OpenAsync(place.Disk, directory, host.NodeId, Guid.Empty, Guid.NewGuid(), sizes);
        }

        _store = storage.Log;
        return storage;
    }

    private async Task<RaftSnapshots> RecoverAsync(CommandLogHost host, RaftSnapshots snapshots, RecoveryCall call)
    {
        _recovering = new TaskCompletionSource<RecoveryCall>(TaskCreationOptions.RunContinuationsAsynchronously);
        _network!.Handler.Transport = null;
        await _transport!.DisposeAsync();
        Volatile.Write(ref _before, new LeadershipBefore());
        Volatile.Write(ref _log, null);
        if (snapshots.Newest?.Last != call.Applied.Last)
        {
            await snapshots.SaveAsync(call.Applied, stateMachine.Current);
        }

        await _store!.DisposeAsync();
        await OpenStorageAsync(host);
        RecoveredLog log = _store.Recovered;
        Guid before = _store.Identity.Cluster;
        var mark = new RecoveryMark(
            before, new LogPosition(log.Terms.Last.Index + 1, Math.Max(log.State.Term, log.Terms.Last.Term) + 1), IsPending: true);
        byte[] seed = Encoding.UTF8.GetBytes($"{before} {_store.Identity.Id.Log} {mark.At.Index} {mark.At.Term}");
        var cluster = new Guid(SHA256.HashData(seed).AsSpan(0, 16), bigEndian: true);
        ClusterServer[] lost = [.. Desk().Show(call.Members).Where(server => server.NodeId != host.NodeId)];
        await _store.MarkRecoveryAsync(cluster, mark);
        Log.Recovered(
            logger, call.Reason, before, cluster, log.Terms.Last.Index, log.Terms.Last.Term,
            string.Join(", ", lost.Select(static server => $"{server.Name} ({server.NodeId})")));
        (call.Lost, call.LastTerm) = (lost, log.Terms.Last.Term);
        await _store.DisposeAsync();
        NodeStorage storage = await OpenStorageAsync(host);
        return new RaftSnapshots(storage.Snapshots, stateMachine, runtime);
    }

    private async Task RenewAsync(RecoveryMark mark)
    {
        try
        {
            await LeadAsync(_stopping.Token);
            var lineage = Guid.NewGuid();
            await using Stream state = stateMachine.Current.OpenRead();
            ProposalResult result = await RestoreAsync(state, lineage, _stopping.Token);
            if (result.Outcome != ProposalOutcome.Applied)
            {
                throw new DiscoveryException(
                    DiscoveryError.OutcomeUnknown, $"The recovery is not over, and goes on at the next start: {result.Refusal}.");
            }

            await _store!.MarkRecoveryAsync(_store.Identity.Cluster, mark with { IsPending = false });
            Log.RecoveryOver(logger, lineage);
            _ = (_recovery?.Done.TrySetResult(new RecoveryReport(
                _store.Identity.Cluster, mark.Before, lineage, mark.At.Index - 1, (long)_recovery.LastTerm, _recovery.Lost)));
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The node stops: the rest is done at the next start.
        }
        catch (Exception e) when (e is DiscoveryException)
        {
            Log.Faulted(logger, e.Message, e);
            _recovery?.Done.TrySetException(e);
        }
    }
}
