using Discovery.Driver;
using Discovery.Protocol;
using Discovery.Storage;
using Discovery.Testing;

namespace Discovery.Simulation;

/// <summary>A cluster of whole nodes under virtual time and a seeded scheduler: one seed decides everything.</summary>
internal sealed class FullWorld
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(100);

    private Exception? _failure;
    private int _clients;

    public FullWorld(ulong seed, FullOptions options, int traceLines)
    {
        Options = options;
        Random = new Randomness(seed);
        Kernel = new SimulationKernel((int)(Random.Next() >> 33), new KernelOptions { StepsMax = 100_000_000, HopStacksMax = 0 });
        Trace = new Trace(() => Now, traceLines);
        Links = new FullLinks(this);
        Applied = new AppliedHistory(this);
        Leaders = new LeaderMessages(this);
        Exclusion = new LockExclusion(this);
        Nodes = [.. Enumerable.Range(0, options.Nodes).Select(number => new FullNode(this, number))];
        Founders = [.. Nodes.Select(static node => new RaftMember(node.Id, MemberRole.Voter))];
        Watchers = [.. Enumerable.Range(0, options.Nodes + 2).Select(number => new FullWatcher(this, number))];
        Faults = new FullFaults(this);
        Stories = new FullStories(this, seed);
    }

    public FullOptions Options { get; }

    public Randomness Random { get; }

    public SimulationKernel Kernel { get; }

    public Trace Trace { get; }

    public Coverage Coverage { get; } = new();

    public FullLinks Links { get; }

    public AppliedHistory Applied { get; }

    public LeaderMessages Leaders { get; }

    public LockExclusion Exclusion { get; }

    public IReadOnlyList<FullNode> Nodes { get; }

    /// <summary>The first members of the cluster.</summary>
    public IReadOnlyList<RaftMember> Founders { get; }

    public IReadOnlyList<FullWatcher> Watchers { get; }

    public FullFaults Faults { get; }

    public FullStories Stories { get; }

    public ClientHistory History { get; } = new();

    public TimeSpan Now => Kernel.Time.Elapsed;

    /// <summary>Whether all faults have ended.</summary>
    public bool IsHealed { get; private set; }

    /// <summary>Whether clients begin nothing more.</summary>
    public bool IsEnding { get; private set; }

    public bool IsOver { get; private set; }

    /// <summary>The node that leads in the latest term, as far as it knows itself.</summary>
    public FullNode? Leader => Nodes.Where(static node => node.IsLeader).MaxBy(static node => node.Life!.Log.Leadership.Term);

    public FullNode? Find(VoterId id) => Nodes.FirstOrDefault(node => node.Id == id);

    public void Run() => Kernel.Run(async () =>
    {
        foreach (FullNode node in Nodes)
        {
            node.Start();
        }

        Faults.Begin();
        Stories.Begin();
        await AwaitAsync(Options.Duration, static () => false);
        await new FullLiveness(this).RunAsync();
        IsOver = true;
        ThrowIfFailed();
        Exclusion.Finish();
        Applied.Finish();
        if (!Options.Restores)
        {
            LinearizableRegisters.Check(History);
        }
    });

    /// <summary>Does something after a while, outside of all processes.</summary>
    public void After(TimeSpan delay, Action action)
    {
        ITimer? timer = null;
        timer = Kernel.Time.CreateTimer(
            _ =>
            {
                timer!.Dispose();
                if (!IsOver)
                {
                    action();
                }
            },
            null,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan);
        timer.Change(delay, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Waits until something is true, or the time is over.</summary>
    public async Task<bool> AwaitAsync(TimeSpan within, Func<bool> isTrue)
    {
        TimeSpan end = Now + within;
        while (!isTrue())
        {
            if (Now >= end)
            {
                return false;
            }

            await Kernel.AdvanceAsync(s_look);
            ThrowIfFailed();
            Look();
        }

        return true;
    }

    /// <summary>A node takes part again.</summary>
    public void OnReady(NodeLife life)
    {
        Coverage.Count("starts");
        for (int i = 0; i < Options.ClientsPerNode; i++)
        {
            var client = new FullClient(this, life, ++_clients);
            _ = life.Runtime.Start(() => GuardAsync(life, client.RunAsync));
        }

        var locker = new LockUser(this, life);
        _ = life.Runtime.Start(() => GuardAsync(life, locker.RunAsync));
    }

    /// <summary>A process ends now.</summary>
    public void OnEnd(NodeLife life)
    {
        if (Unexpected(life) is { } fault)
        {
            Fail(life, fault);
        }

        Exclusion.OnEnd(life);
        if (life.Driver is not null)
        {
            Coverage.Count("leases expired", life.Leases.EndedCount);
            if (life.Metrics.SpuriousCount > 0)
            {
                Fail("Queries", $"{life.Node.Name} has answered a query early with the body that it began with");
            }
        }
    }

    /// <summary>Something happened that must not.</summary>
    public void Fail(NodeLife? life, Exception e)
    {
        if (e is not DiskCrashException && life is null or { IsAlive: true })
        {
            _failure ??= e is SimulationFailure ? e : new SimulationFailure("Exception", $"{life?.Node.Name}: {e}");
        }
    }

    public void Fail(string checker, string message) => Fail(null, new SimulationFailure(checker, message));

    /// <summary>Runs a part of a process; what it throws fails the seed.</summary>
    public async Task GuardAsync(NodeLife life, Func<Task> run)
    {
        try
        {
            await run();
        }
        catch (OperationCanceledException) when (life.Stopping.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            Fail(life, e);
        }
    }

    public void Heal()
    {
        IsHealed = true;
        Trace.Line($"all faults end");
        Links.Heal();
    }

    public void End() => IsEnding = true;

    private void ThrowIfFailed()
    {
        if (_failure is { } failure)
        {
            throw failure;
        }
    }

    private void Look()
    {
        foreach (FullNode node in Nodes)
        {
            if (node.IsUp)
            {
                Look(node.Life!);
            }
        }

        foreach (FullWatcher watcher in Watchers)
        {
            watcher.Look();
        }
    }

    // A disk that fails faults its node, which an operator starts again.
    private void Look(NodeLife life)
    {
        if (Unexpected(life) is { } fault)
        {
            Fail(life, fault);
        }
        else if (life.Driver?.Fault is StorageException)
        {
            Coverage.Count("nodes faulted by their disk");
            life.Node.GiveUp(TimeSpan.FromSeconds(1));
        }
    }

    private static Exception? Unexpected(NodeLife life) => life.Driver?.Fault switch
    {
        null or DiskCrashException => null,
        StorageException { Trouble: StorageTrouble.Failed } => null,
        StorageException { Trouble: StorageTrouble.Damaged } when life.Node.IsDamaged => null,
        var fault => fault,
    };
}
