using Discovery.Driver;
using Discovery.Protocol;
using Discovery.Transport;

namespace Discovery.Autopilot;

/// <content>A server among others: it finds them, begins a cluster with them or joins theirs, and learns when it was removed.</content>
internal sealed partial class RaftServer
{
    private readonly TaskCompletionSource _leaving = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TransportIdentity? _identity;

    private RaftConfiguration Alone => RaftConfiguration.Of([new RaftMember(_store!.Identity.Id, MemberRole.Voter)]);

    private async Task LiveAsync(CommandLogHost host, RaftSnapshots snapshots)
    {
        try
        {
            while (await TakePartAsync(host, snapshots) is { } recovery)
            {
                snapshots = await RecoverAsync(host, snapshots, recovery);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested || IsStopping)
        {
            // The node stops: the driver is the first to go.
        }
        catch (OperationCanceledException) when (Driver?.Fault is { } fault)
        {
            // The driver has ended, and told why.
            Volatile.Read(ref _recovery)?.Done.TrySetException(fault);
        }
        catch (Exception e)
        {
            Volatile.Write(ref _fault, e);
            Log.Faulted(logger, e.Message, e);
            Volatile.Read(ref _recovery)?.Done.TrySetException(e);
        }
    }

    // Until the node stops, or this server is a member no more; or what it is to be recovered with.
    private async Task<RecoveryCall?> TakePartAsync(CommandLogHost host, RaftSnapshots snapshots)
    {
        RecoveredLog recovered = _store!.Recovered;
        _identity = new TransportIdentity(_store.Identity.Id, host.NodeName, _store.Identity.Cluster)
        {
            Before = _store.Identity.Recovery?.Before ?? Guid.Empty,
            Address = Address,
            IsWitness = IsWitness,
            MemberAt = new RaftLog(recovered, new RaftCoreOptions()).MemberAt(_store.Identity.Id),
        };
        var file = new FormationFile(place.Disk, Path.Combine(place.DataDirectory, "raft"));
        var acceptor = new FormationAcceptor(await file.ReadAsync(), file.WriteAsync);
        var introductions = new Introductions(_identity, _network!.Others, acceptor);
        Volatile.Write(ref _transport, _network.Create(_identity, introductions));
        _network.Handler.Transport = _transport;
        FormationParts parts = CreateParts();
        var finder = new ServerFinder(_transport!, _identity, parts);
        if (Bootstrap.IsFresh(recovered))
        {
            recovered = await BeginAsync(new ClusterFormation(finder, _identity, acceptor, parts), acceptor);
        }

        Drive(host, snapshots, recovered, _transport!);
        introductions.Driver = _driver;
        _transport!.Start(new ServerReceiver(_driver!, Desk));
        Task watching = WatchAsync();
        Task renewal = _store.Identity.Recovery is { IsPending: true } mark ? RenewAsync(mark) : Task.CompletedTask;
        var follower = new ServerFollower(finder, _identity, parts, options.FailedAfter);
        using var part = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        Task<PlaceAnswer> removal = follower.RunAsync(DescribeAsync, part.Token);
        Task first = await Task.WhenAny(removal, _leaving.Task, _recovering.Task);
        PlaceAnswer? verdict = first == removal ? await removal : null;
        await part.CancelAsync();
        await _driver!.DisposeAsync();
        await watching;
        await renewal;
        if (first == _recovering.Task)
        {
            return await _recovering.Task;
        }

        EndPart(verdict);
        return null;
    }

    /// <summary>The others have removed this server, as it asked: it serves no more.</summary>
    public async Task LeaveAsync()
    {
        _leaving.TrySetResult();
        await _running;
    }

    private void EndPart(PlaceAnswer? verdict)
    {
        Guid cluster = _identity!.Cluster;
        string who = verdict is not { Hello: { } hello, Place: var at }
            ? $"This server has left cluster {cluster}. "
            : hello.From != _identity.Self
                ? $"This server is no member of cluster {cluster} any more, says its leader \"{hello.Name}\". "
                : $"The server at {at} has the node id of this one, {hello.From.Node}, and its log, and was there first: this data "
                    + "directory is a copy. Give this server a node id of its own. ";
        string reason = who + "To have it join again, as a newcomer, stop it, move "
            + $"{Path.Combine(place.DataDirectory, "raft")} away, and start it";
        Volatile.Write(ref _fault, new DiscoveryException(DiscoveryError.Stopped, reason));
        if (verdict is null)
        {
            Log.Left(logger, cluster);
        }
        else
        {
            Log.Removed(logger, reason);
        }
    }

    private FormationParts CreateParts()
    {
        List<PeerAddress> servers = [];
        foreach (string server in options.Servers)
        {
            bool isAddress = PeerAddress.TryParse(server, out PeerAddress address);
            Invariant.Check(isAddress, "an address that was validated");
            servers.Add(address);
        }

        return new FormationParts(servers, options.BootstrapExpect ?? servers.Count, _network!.Others, runtime, logger);
    }

    // Those who have decided on the first members write the same first entry; everybody else gets the log from them.
    private async Task<RecoveredLog> BeginAsync(ClusterFormation formation, FormationAcceptor acceptor)
    {
        Guid cluster = _store!.Identity.Cluster;
        if (cluster == Guid.Empty)
        {
            cluster = await formation.RunAsync(_stopping.Token);
            await _store.SetClusterAsync(cluster);
            _identity!.Cluster = cluster;
        }

        RaftConfiguration? first = Array.Find(
            [acceptor.Vote.Members, Alone],
            members => members.Contains(_store.Identity.Id) && ClusterFormation.IdOf(members) == cluster);
        if (first is null)
        {
            Log.Joins(logger, cluster);
            return _store.Recovered;
        }

        RecoveredLog recovered = await Bootstrap.RunAsync(_store, first.Members);
        _identity!.MemberAt = recovered.Terms.Last;
        Log.Begins(logger, cluster, first.Members.Length);
        return recovered;
    }

    // What the others are told of this server, and what it makes of them, follows its log.
    private async Task<MemberList> DescribeAsync()
    {
        IReadOnlyList<HeardServer> heard = _network!.Others.Heard;
        (LogPosition memberAt, MemberList members) = await _driver!.CallAsync(
            (core, _) => (
                core.MemberAt(core.Self),
                new MemberList(
                    core.Configuration,
                    heard.Where(server => core.WasRemoved(server.Id, server.MemberAt)).Select(static server => server.Id).ToHashSet())),
            _stopping.Token);
        _identity!.MemberAt = memberAt;
        return members;
    }
}
