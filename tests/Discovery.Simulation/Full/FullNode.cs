using Discovery.Protocol;
using Discovery.Storage;
using Discovery.Testing;

namespace Discovery.Simulation;

/// <summary>One machine: its disk outlives its processes.</summary>
internal sealed class FullNode
{
    private readonly FullWorld _world;
    private readonly Randomness _random;
    private readonly Guid _node;
    private int _logs = 1;

    public FullNode(FullWorld world, int number)
    {
        _world = world;
        _random = world.Random.Fork();
        _node = new Guid(number + 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
        Number = number;
        Name = $"node-{number}";
        Disk = NewDisk();
    }

    public int Number { get; }

    public string Name { get; }

    public VoterId Id => new(_node, new Guid(Number + 1, (short)_logs, 0, 0, 0, 0, 0, 0, 0, 0, 2));

    /// <summary>Whether it has the disk that it was born with: then it is among those that begin the cluster.</summary>
    public bool IsFounder => _logs == 1;

    public SimulatedDisk Disk { get; private set; }

    /// <summary>The process that runs, or ran last.</summary>
    public NodeLife? Life { get; private set; }

    public bool IsUp => Life is { IsAlive: true };

    public bool IsReady => Life is { IsAlive: true, IsReady: true };

    public bool IsLeader => IsReady && Life!.Log.Leadership.IsLeader;

    /// <summary>Until when a sync may be under way that stalls.</summary>
    public TimeSpan StalledUntil { get; set; }

    /// <summary>Whether what was surely on its disk was damaged.</summary>
    public bool IsDamaged { get; set; }

    /// <summary>Whether it has said that it will not run on its disk.</summary>
    public bool HasRefused { get; private set; }

    public void Start()
    {
        if (IsUp || HasRefused || _world.IsOver)
        {
            return;
        }

        double rate = _world.Options.ClocksDrift ? _random.Between(950, 1050) / 1000.0 : 1;
        var life = Life = new NodeLife(_world, this, rate);
        _world.Trace.Line($"{Name} starts");
        Watch(life);
        _ = life.Runtime.Start(() => RunAsync(life));
    }

    /// <summary>The process is killed.</summary>
    public void Kill(TimeSpan downFor)
    {
        if (IsUp)
        {
            _world.Coverage.Count("processes killed");
            End("is killed", downFor);
            Disk.EndProcess();
        }
    }

    /// <summary>The power fails: what was not synced may be lost.</summary>
    public void LosePower(TimeSpan downFor)
    {
        if (IsUp)
        {
            _world.Coverage.Count("power failures");
            End("loses its power", downFor);
            Disk.Fail();
            Disk = Disk.Crashed((int)(_random.Next() >> 33));
        }
    }

    /// <summary>The process stops as it is asked to, and hands over first.</summary>
    public void Stop(TimeSpan downFor)
    {
        if (Life is { IsAlive: true, IsReady: true } life)
        {
            _world.Coverage.Count("processes stopped");
            _world.Trace.Line($"{Name} is stopped");
            _ = life.Runtime.Start(() => _world.GuardAsync(life, async () =>
            {
                await life.StopAsync();
                End("has stopped", downFor);
                Disk.EndProcess();
            }));
        }
    }

    /// <summary>The process has faulted because of its disk, or could not start on it.</summary>
    public void GiveUp(TimeSpan downFor)
    {
        End("gives up", downFor);
        Disk.EndProcess();
    }

    /// <summary>Gets an empty disk: from now on it is another member.</summary>
    public void Replace()
    {
        if (IsUp)
        {
            End("is replaced", TimeSpan.Zero);
        }

        _world.Coverage.Count("disks replaced");
        _logs++;
        Disk = NewDisk();
        IsDamaged = HasRefused = false;
        Start();
    }

    private SimulatedDisk NewDisk() => new((int)(_random.Next() >> 33), _world.Kernel.Time);

    private void Watch(NodeLife life)
    {
        SimulatedDisk disk = Disk;
        disk.SyncTakes = () => _random.Between(TimeSpan.FromMilliseconds(0.05), _world.IsHealed ? TimeSpan.FromMilliseconds(1)
            : _world.Options.SyncMax);
        disk.PowerFailed = call =>
        {
            if (life.IsAlive)
            {
                string[] words = call.Split(' ');
                string what = words is [_, "sync", "directory"] or [_, "set", "length"] ? $"{words[1]} {words[2]}" : words[1];
                _world.Coverage.Count($"crashes {words[0]} {what}");
                bool isOfNames = what is "create" or "move" or "delete" or "sync directory";
                _world.Coverage.Count("crashes in calls that change names", isOfNames ? 1 : 0);
                LosePower(_random.Milliseconds(10, 4000));
            }
        };
    }

    private void End(string how, TimeSpan downFor)
    {
        NodeLife life = Life!;
        _world.Trace.Line($"{Name} {how}");
        _world.OnEnd(life);
        life.Kill();
        _world.Links.Disconnect(this, Id);
        _world.After(downFor, Start);
    }

    private async Task RunAsync(NodeLife life)
    {
        try
        {
            await life.StartAsync();
        }
        catch (DiskCrashException)
        {
            // The disk's call was the end of this process.
        }
        catch (StorageException e) when (e.Trouble is StorageTrouble.Full or StorageTrouble.Failed)
        {
            GiveUp(TimeSpan.FromSeconds(1));
        }
        catch (StorageException e) when (IsDamaged && e.Trouble is StorageTrouble.Damaged or StorageTrouble.OutOfReach)
        {
            _world.Coverage.Count("damaged disks refused");
            HasRefused = true;
            GiveUp(TimeSpan.Zero);
        }
        catch (Exception e)
        {
            _world.Fail(life, e);
        }

        if (life.IsReady)
        {
            _world.OnReady(life);
        }
    }
}
