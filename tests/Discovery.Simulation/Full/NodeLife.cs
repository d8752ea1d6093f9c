using Discovery.Catalog;
using Discovery.Driver;
using Discovery.KeyValue;
using Discovery.Locks;
using Discovery.Protocol;
using Discovery.Sessions;
using Discovery.Storage;
using Discovery.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Discovery.Simulation;

/// <summary>One process of a node, from its start to its end: the real parts, on a scheduler and a clock that end with it.</summary>
internal sealed class NodeLife
{
    private readonly FullWorld _world;
    private readonly ProcessScheduler _scheduler;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Randomness _ids;
    private readonly CatalogModule _catalog = new();
    private NodeStorage? _storage;
    private TimeSpan _suspendedAt;
    private TimeSpan _resumedAt = TimeSpan.MinValue;

    public NodeLife(FullWorld world, FullNode node, double clockRate)
    {
        _world = world;
        Node = node;
        _ids = world.Random.Fork();
        _scheduler = new ProcessScheduler(world.Kernel.Scheduler);
        Clock = new NodeClock(world.Kernel.Time, clockRate);
        Runtime = new NodeRuntime(Clock, _scheduler, (int)(_ids.Next() >> 33));
        Module = new KeyValueModule(new CatalogState(_catalog));
        State = new StateMachine([_catalog, Module], new StateMachineOptions { RingBytesMax = world.Options.RingBytes });
        EncodedEntries.BeginAtOnce(Module);
    }

    public FullNode Node { get; }

    public NodeClock Clock { get; }

    public NodeRuntime Runtime { get; }

    public KeyValueModule Module { get; }

    public StateMachine State { get; }

    public RaftDriver? Driver { get; private set; }

    public RaftCommandLog Log { get; private set; } = null!;

    public StateQueries Queries { get; private set; } = null!;

    public IKeyValueStore Store { get; private set; } = null!;

    public LeaseKeeper Leases { get; private set; } = null!;

    public IReadOnlyList<RpcMethod> Methods { get; private set; } = [];

    public IDistributedLocks Locks { get; private set; } = null!;

    public QueryMetrics Metrics { get; } = new(new TestMeterFactory());

    public NodeLifetime Lifetime { get; } = new();

    /// <summary>The log on the disk, once it is open.</summary>
    public LogStore? Entries => _storage?.Log;

    public CancellationToken Stopping => _stopping.Token;

    /// <summary>Whether anything of it still runs.</summary>
    public bool IsAlive => !_scheduler.IsDead;

    public bool IsSuspended => _scheduler.IsPaused;

    /// <summary>Now; or when it was suspended, if it is, or was until this moment: what it does now it may have begun to do then.</summary>
    public TimeSpan AwakeAt => IsSuspended || _resumedAt == _world.Now ? _suspendedAt : _world.Now;

    /// <summary>Whether its monotonic clock has ever stood still, which no lease of its own survives.</summary>
    public bool HasClockStopped { get; private set; }

    /// <summary>Whether it takes part: its log is open and its loops run.</summary>
    public bool IsReady { get; private set; }

    /// <summary>Opens the disk and begins to take part.</summary>
    public async Task StartAsync()
    {
        State.AddObserver(new AppliedFollower(_world.Applied, this));
        var sizes = new LogStoreOptions { SegmentBytes = _world.Options.SegmentBytes };
        _storage = await NodeStorage.OpenAsync(Node.Disk, "/raft", Node.Id.Node, Guid.Empty, Node.Id.Log, sizes);
        var snapshots = new RaftSnapshots(_storage.Snapshots, State, Runtime);
        if (_storage.Base is { } found)
        {
            await snapshots.InstallAsync(found);
        }

        RecoveredLog recovered = _storage.Log.Recovered;
        if (Bootstrap.IsFresh(recovered) && Node.IsFounder)
        {
            recovered = await Bootstrap.RunAsync(_storage.Log, _world.Founders);
        }

        var parts = new RaftParts
        {
            StateMachine = State,
            Runtime = Runtime,
            Log = _storage.Log,
            Recovered = recovered,
            Snapshots = new CountedSnapshots(snapshots, _world.Coverage),
            Transport = new NodeTransport(_world, this),
            Core = _world.Options.Core,
            Options = _world.Options.Log,
            NodeName = Node.Name,
            NewId = NewId,
            Seed = _ids.Next(),
        };
        Driver = new RaftDriver(parts);
        Log = new RaftCommandLog(parts, Driver);
        Compose();
        Driver.Start();
        _ = Runtime.Start(() => _world.GuardAsync(this, () => Leases.RunAsync(Stopping)));
        IsReady = true;
    }

    public void Suspend(bool stopsClock)
    {
        _suspendedAt = _world.Now;
        HasClockStopped |= stopsClock;
        _scheduler.Pause();
        Clock.Suspend(stopsClock);
    }

    public void Resume()
    {
        _resumedAt = _world.Now;
        _scheduler.Resume();
        Clock.Resume();
    }

    /// <summary>The process ends, between two steps or in one.</summary>
    public void Kill()
    {
        _scheduler.Kill();
        Clock.Kill();
        IsReady = false;
    }

    /// <summary>The process ends as an operator asks it to.</summary>
    public async Task StopAsync()
    {
        IsReady = false;
        Lifetime.Stop();
        await _stopping.CancelAsync();
        if (Driver is not null)
        {
            await Driver.DisposeAsync();
        }

        if (_storage is not null)
        {
            await _storage.DisposeAsync();
        }
    }

    /// <summary>Ids that repeat from run to run.</summary>
    public Guid NewId()
    {
        var bytes = new byte[16];
        BitConverter.TryWriteBytes(bytes, _ids.Next());
        BitConverter.TryWriteBytes(bytes.AsSpan(8), _ids.Next());
        return new Guid(bytes);
    }

    private void Compose()
    {
        var client = new CommandClient(Log, Runtime, NewId);
        var call = new CallScope("dc1");
        var scope = new KeyValueScope(call, Options.Create(new KeyValueOptions()));
        Queries = new StateQueries(Log, Runtime, Metrics, Lifetime);
        Leases = new LeaseKeeper(Module, Log, Runtime, NullLogger<LeaseKeeper>.Instance);
        Store = new KeyValueStore(Module, State, client, Queries, new KeyValueWatcher(Module, State, Queries), scope);
        var identity = new SessionIdentity(Node.Name, NewId);
        var forwarder = new RenewalForwarder(Log, new NodeMembers(_world), new NodeCalls(_world, this), call);
        var sessions = new SessionStore(
            Module, client, Queries, scope, identity, new LeaseRenewals(Module, Log, Leases, forwarder));
        Methods = new SessionMethods(sessions, Leases, Options.Create(new SessionLimitOptions())).Methods;
        var watched = new WatchedSessions(sessions, _world, this);
        Locks = new DistributedLocks(
            new LockParts(Module, State, client, watched, Runtime, identity, Lifetime, NullLogger.Instance), scope);
    }
}
