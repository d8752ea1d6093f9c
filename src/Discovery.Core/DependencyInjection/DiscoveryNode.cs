using Discovery.Agent;
using Microsoft.Extensions.Logging;

namespace Discovery.DependencyInjection;

/// <summary>The node of this process, from its start to its leaving.</summary>
internal sealed class DiscoveryNode(
    AgentIdentity identity,
    ICommandLog log,
    LocalAgent agent,
    IServiceCatalog catalog,
    NodeParts parts,
    ILogger<DiscoveryNode> logger) : IDiscoveryNode
{
    private readonly Lock _lock = new();
    private volatile NodePhase _phase;
    private Task? _leaving;

    public NodeRuntime Runtime => parts.Runtime;

    public string Name => identity.Name;

    public Guid Id => identity.Id;

    public string Datacenter => identity.Datacenter;

    public string Address => identity.Address;

    public IServiceCatalog Catalog => catalog;

    public ILocalAgent Agent => agent;

    public ICoordinates Coordinates => parts.Coordinates;

    public IUserEvents Events => parts.Events;

    public NodeStatus Status => new(
        _phase,
        log.Leadership.Leader,
        (parts.Supervisor.Fault ?? log.StateMachine.Fault ?? (log as IHostedCommandLog)?.Fault)?.Message,
        parts.Supervisor.LoopStates)
    {
        Concern = (log as IHostedCommandLog)?.Concern,
        KeepsState = log.StateMachine.KeepsState,
    };

    /// <summary>Starts log and agent; the node's row is in the catalog when this has ended.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        // Before the log: one that is replicated needs the others to reach this node.
        parts.Rpc?.Start();
        log.StateMachine.ModuleFailed = (command, failure) => Log.ModuleFailed(logger, command, failure);
        if (log is LocalCommandLog local)
        {
            local.Start(parts.Ids.NewId());
        }
        else if (log is IHostedCommandLog hosted)
        {
            await hosted.StartAsync(
                new CommandLogHost(identity.Name, identity.Id, identity.Datacenter, identity.Address), cancellationToken);
        }

        _ = parts.Supervisor.Start("topic-reaper", parts.TopicReaper.RunAsync, LoopRestart.OnFailure, CancellationToken.None);
        _ = parts.Supervisor.Start("coordinates", parts.CoordinateUpdates.RunAsync, LoopRestart.OnFailure, CancellationToken.None);
        foreach (INodeLoop loop in parts.Loops)
        {
            _ = parts.Supervisor.Start(loop.Name, loop.RunAsync, LoopRestart.OnFailure, CancellationToken.None);
        }

        if (log is IHostedCommandLog { NeedsOthers: true })
        {
            // The host does not wait for other servers: whoever asks meanwhile is told that there is no leader.
            _ = EnterLateAsync(cancellationToken);
        }
        else
        {
            await agent.StartAsync(cancellationToken);
            if (identity.RegistersServer)
            {
                await parts.Members.ReconcileAsync(cancellationToken);
            }

            StartMembers();
        }

        _phase = NodePhase.Running;
    }

    private async Task EnterLateAsync(CancellationToken cancellationToken)
    {
        try
        {
            await agent.StartAsync(cancellationToken);
        }
        catch (Exception) when (_phase is NodePhase.Stopping or NodePhase.Stopped)
        {
            return;
        }
        catch (Exception e)
        {
            Log.StepFailed(logger, "start", e);
            if (e is not DiscoveryException)
            {
                return;
            }
        }

        // A refused agent goes on trying; what a leader owes to all members does not wait for this node's own row.
        StartMembers();
    }

    private void StartMembers()
    {
        if (identity.RegistersServer)
        {
            _ = parts.Supervisor.Start("member-rows", parts.Members.RunAsync, LoopRestart.OnFailure, CancellationToken.None);
        }
    }

    /// <summary>The app has declared all it offers: what an earlier run left under this node's name goes.</summary>
    public Task CompleteDeclarationsAsync() => agent.CompleteDeclarationsAsync();

    /// <summary>Ends every blocked query, watch and subscription.</summary>
    public void Release()
    {
        _phase = NodePhase.Stopping;
        parts.Lifetime.Stop();
    }

    /// <summary>Takes out what the agent still has and ends the loops, in the time given.</summary>
    /// <remarks>Whoever calls it again waits for the one leave.</remarks>
    public Task LeaveAsync(TimeSpan timeout)
    {
        lock (_lock)
        {
            return _leaving ??= parts.Runtime.Start(() => LeaveOnceAsync(timeout));
        }
    }

    private async Task LeaveOnceAsync(TimeSpan timeout)
    {
        Release();
        bool hasLeft = await WithinAsync(timeout, async end =>
            await RunAsync("agent", () => agent.StopAsync(leave: true, end), end)
            & await RunAsync("loops", () => parts.Supervisor.StopAsync(end), end));

        // Time of their own: without a leader saying goodbye takes all there is, and directory and port must be free for the next start.
        hasLeft &= await WithinAsync(timeout, async end =>
            await RunAsync("log", () => CloseLogAsync(end), end)
            & (parts.Rpc is not { } rpc || await RunAsync("rpc", rpc.StopAsync, end)));
        _phase = NodePhase.Stopped;
        if (!hasLeft)
        {
            Log.LeaveTimedOut(logger, Name, timeout);
        }
    }

    private Task CloseLogAsync(CancellationToken cancellationToken) => log switch
    {
        LocalCommandLog local => local.DisposeAsync().AsTask(),
        IHostedCommandLog hosted => hosted.StopAsync(cancellationToken),
        _ => Task.CompletedTask,
    };

    private async Task<bool> WithinAsync(TimeSpan timeout, Func<CancellationToken, Task<bool>> steps)
    {
        using var bound = new CancellationTokenSource(timeout, parts.Runtime.Time);
        return await steps(bound.Token);
    }

    // Each step on a task of its own: one that blocks its thread is left behind too when the time is over.
    private async Task<bool> RunAsync(string step, Func<Task> work, CancellationToken cancellationToken)
    {
        Task running = parts.Runtime.Start(work);
        try
        {
            await running.WaitAsync(cancellationToken);
            return true;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Left behind: what it still throws is nobody's unobserved exception.
            _ = running.ContinueWith(
                static left => _ = left.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            return false;
        }
        catch (Exception e)
        {
            Log.StepFailed(logger, step, e);
            return true;
        }
    }
}
