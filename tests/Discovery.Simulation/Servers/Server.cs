using Discovery.Protocol;

namespace Discovery.Simulation;

/// <summary>One machine: a clock, a disk, and a process with a core that is started, crashes, and is suspended.</summary>
internal sealed partial class Server
{
    private readonly World _world;
    private readonly Randomness _random;
    private readonly Guid _node;
    private readonly Queue<Action> _backlog = new();
    private RaftCore? _core;
    private int _log;
    private int _boot;
    private bool _isPumpDue;
    private TimeSpan _tickAt = TimeSpan.MaxValue;

    public Server(World world, int number, bool isWitness)
    {
        _world = world;
        _random = world.Random.Fork();
        Number = number;
        IsWitness = isWitness;
        _node = MakeGuid(number + 1);
        Disk = NewDisk();
        Id = new VoterId(_node, MakeGuid(1000 + number));
    }

    public int Number { get; }

    /// <summary>Whether it keeps no bodies; that is for life.</summary>
    public bool IsWitness { get; }

    public VoterId Id { get; private set; }

    public Guid Node => _node;

    public ServerClock Clock { get; } = new();

    public ModelDisk Disk { get; private set; }

    /// <summary>The running core, or null.</summary>
    public RaftCore? Core => _core;

    public bool IsUp => _core is not null;

    public bool IsSuspended { get; private set; }

    public bool IsLeader => _core?.Role == RaftRole.Leader;

    /// <summary>The term in which this leader's clock has stood still, so that its lease proves nothing.</summary>
    public ulong UntrustedTerm { get; private set; }

    /// <summary>When this server last led with a single copy: what it sent then may be nowhere else.</summary>
    public TimeSpan SingleCopyAt { get; set; } = TimeSpan.MinValue;

    public TimeSpan Now => Clock.Local(_world.Events.Now);

    public void Start()
    {
        RecoveredLog recovered = Disk.Recover(out RegisterImage? state);
        _registers = new Registers();
        if (state is not null)
        {
            _registers.Restore(state);
        }

        _boot++;
        _core = new RaftCore(Id, recovered, _world.Options.Core, _random.Next(), Now);
        _runner = new ReadyRunner(this);
        _tickAt = TimeSpan.MaxValue;
        _isPumpDue = false;
        _snapshotAt = recovered.Snapshot?.Last.Index ?? 0;
        _world.Trace.Line($"s{Number} starts: term {recovered.State.Term}, log {Disk.View.Start}..{Disk.View.Last}, {_core.Configuration}");
        _world.Watch.OnStart(this);
        Pump();
    }

    /// <summary>The process is gone, and with it what its disk had not synced.</summary>
    public void Crash()
    {
        if (_core is null)
        {
            return;
        }

        _world.Coverage.Count("crashes");
        _world.Trace.Line($"s{Number} crashes");
        _world.Network.Disconnect(this);
        _core = null;
        _boot++;
        IsSuspended = false;
        Clock.Go(_world.Events.Now);
        _backlog.Clear();
        Disk.Crash(_world.Coverage);
        ForgetWork();
    }

    /// <summary>The disk is lost too: what starts next on this machine is somebody else.</summary>
    public void Wipe()
    {
        Crash();
        _world.Coverage.Count("wiped disks");
        Disk = NewDisk();
        Id = new VoterId(_node, MakeGuid((++_log * 10000) + 1000 + Number));
        _world.Trace.Line($"s{Number} has lost its disk");
    }

    /// <summary>The process does not run for a while; what comes meanwhile waits for it.</summary>
    public void Suspend(TimeSpan time, bool isClockStopped)
    {
        if (_core is null || IsSuspended)
        {
            return;
        }

        _world.Coverage.Count(isClockStopped ? "processes suspended with their clock" : "processes suspended");
        _world.Trace.Line($"s{Number} is suspended for {time.TotalMilliseconds} ms, clock {(isClockStopped ? "stands" : "runs")}");
        IsSuspended = true;
        if (isClockStopped)
        {
            Clock.Stop(_world.Events.Now);
            UntrustedTerm = IsLeader ? _core.Term : UntrustedTerm;
        }

        int boot = _boot;
        _world.Events.After(time, () =>
        {
            if (boot == _boot)
            {
                Resume();
            }
        });
    }

    public void Resume()
    {
        if (!IsSuspended)
        {
            return;
        }

        IsSuspended = false;
        Clock.Go(_world.Events.Now);
        _world.Trace.Line($"s{Number} goes on");
        while (_backlog.TryDequeue(out Action? action) && !IsSuspended)
        {
            action();
        }

        Step(static (core, now) => core.Tick(now));
    }

    public void SetClockRate(double rate)
    {
        Clock.SetRate(_world.Events.Now, rate);
        if (_core is not null)
        {
            _tickAt = TimeSpan.MaxValue;
            ScheduleTick();
        }
    }

    /// <summary>A message has come over the network, with a snapshot if it tells of one.</summary>
    public void Deliver(RaftMessage message, RegisterImage? image) => Post(() =>
    {
        if (image is not null && message is InstallSnapshot install)
        {
            _received[install.Meta.Last] = image;
        }

        _world.Trace.Note(1, Number, message.Term, (ulong)message.GetType().Name.Length);
        _world.Trace.Line($"s{Number} receives {Describe.Message(_world, message)}");
        Step((core, now) => core.Step(message, now));
    });

    /// <summary>The connection that another sent over has ended.</summary>
    public void LoseConnection(VoterId from) => Post(() =>
    {
        _world.Coverage.Count("connections lost");
        Step((core, now) => core.OnDisconnected(from, now));
    });

    /// <summary>Runs something in the process: now, after its suspension, or never when it ends before.</summary>
    public void Post(Action action)
    {
        if (_core is null)
        {
            return;
        }

        if (IsSuspended)
        {
            _backlog.Enqueue(action);
        }
        else
        {
            action();
        }
    }

    /// <summary>Runs something in the process after a while, unless the process ends before.</summary>
    private void PostAfter(TimeSpan delay, Action action)
    {
        int boot = _boot;
        _world.Events.After(delay, () =>
        {
            if (boot == _boot)
            {
                Post(action);
            }
        });
    }

    /// <summary>An input to the core, and what follows from it.</summary>
    private void Step(Action<RaftCore, TimeSpan> input)
    {
        if (_core is null)
        {
            return;
        }

        input(_core, Now);
        if (_random.Chance(_world.Options.BatchRate))
        {
            if (!_isPumpDue)
            {
                _isPumpDue = true;
                PostAfter(_random.Milliseconds(0, 2), Pump);
            }

            _world.Watch.OnStep(this);
            return;
        }

        Pump();
    }

    private void Pump()
    {
        _isPumpDue = false;
        if (_core is null)
        {
            return;
        }

        _world.Watch.OnStep(this);
        while (_core is not null && _core.TakeReady(Now) is { } ready)
        {
            _world.Watch.OnStep(this);
            CountReady(ready);
            _runner!.Run(ready, _core.Term);
            if (_core is not null && (ready.TruncateAfter is not null || ready.Install is not null))
            {
                ConfigurationInForce.Check(this);
            }
        }

        if (_core is not null)
        {
            _world.Watch.OnStep(this);
            ScheduleTick();
        }
    }

    private void ScheduleTick()
    {
        TimeSpan at = Clock.World(_core!.NextDeadline);
        at = at > _world.Events.Now ? at : _world.Events.Now + TimeSpan.FromTicks(10);
        if (at >= _tickAt)
        {
            return;
        }

        _tickAt = at;
        int boot = _boot;
        _world.Events.At(at, () =>
        {
            if (boot == _boot && _tickAt == at)
            {
                _tickAt = TimeSpan.MaxValue;
                Post(Tick);
            }
        });
    }

    private void Tick()
    {
        if (_core!.NextDeadline > Now)
        {
            ScheduleTick();
            return;
        }

        Step(static (core, now) => core.Tick(now));
    }

    private ModelDisk NewDisk() => new(_world.Events, _random.Fork(), _world.Options.DiskDelayMax);

    private static Guid MakeGuid(int number)
    {
        byte[] id = new byte[16];
        id[14] = (byte)(number >> 8);
        id[15] = (byte)number;
        return new Guid(id, bigEndian: true);
    }
}
