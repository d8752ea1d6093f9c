using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Discovery.Locks;

/// <summary>Campaigns, runs the service while this node leads, and stops it before its lease can end.</summary>
/// <param name="declaration">What is run.</param>
/// <param name="locks">Makes the election.</param>
/// <param name="scopes">Each tenure has a service of its own, in a scope of its own.</param>
/// <param name="runtime">Clock and scheduler.</param>
/// <param name="logger">Where tenures and failures are told.</param>
internal sealed class LeaderHost(
    LeaderServiceDeclaration declaration,
    IDistributedLocks locks,
    IServiceScopeFactory scopes,
    NodeRuntime runtime,
    ILogger<LeaderHost> logger) : IHostedLifecycleService, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        LeaderServiceOptions options = declaration.Options;
        return options.StopTimeout > TimeSpan.Zero && options.StopTimeout < options.Lock.Lease / 2
            ? Task.CompletedTask
            : throw new InvalidOperationException(
                $"Leader service {declaration.Name}: StopTimeout is {options.StopTimeout}; it must be positive and less than half of the "
                + $"lease of {options.Lock.Lease}.");
    }

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        _running = runtime.Start(RunAsync);
        return Task.CompletedTask;
    }

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        await CancelAsync(_stopping);
        try
        {
            await _running.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The host goes without waiting: the lease ends by itself.
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _stopping.Dispose();

    private async Task RunAsync()
    {
        ILeaderElection election = locks.CreateElection(declaration.Name, declaration.Options.Lock);
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await CampaignAsync(election);
                await Task.Delay(declaration.Options.RestartDelay, runtime.Time, _stopping.Token);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task CampaignAsync(ILeaderElection election)
    {
        try
        {
            await using var leadership = (LockHandle)await election.CampaignAsync(_stopping.Token);
            Log.Leads(logger, declaration.Name, leadership.Fence.AcquireIndex);
            await LeadAsync(leadership);
            Log.LeadsNoMore(logger, declaration.Name);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // Stopped as asked.
        }
        catch (Exception e)
        {
            // Whatever it was: this node campaigns again.
            Log.ServiceFailed(logger, declaration.Name, e);
        }
    }

    private async Task LeadAsync(LockHandle leadership)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token, leadership.LostToken);
        Task work = runtime.Start(() => WorkAsync(leadership, stop.Token));
        using CancellationTokenRegistration overrun = leadership.LostToken.Register(() => TellOverrun(work, stop));
        while (!work.IsCompleted && !stop.IsCancellationRequested)
        {
            TimeSpan left = leadership.Remaining - declaration.Options.StopTimeout;
            if (left > TimeSpan.Zero)
            {
                using var waiting = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
                await Task.WhenAny(work, Task.Delay(left, runtime.Time, waiting.Token));
                await waiting.CancelAsync();
            }
            else
            {
                await CancelAsync(stop);
            }
        }

        // Given back only when the work has ended, however long that takes: another node must not begin before.
        await work;
    }

    // What a service has registered with its token may fail: its work is waited for all the same.
    private async Task CancelAsync(CancellationTokenSource source)
    {
        try
        {
            await source.CancelAsync();
        }
        catch (AggregateException e)
        {
            Log.StopCallbackFailed(logger, declaration.Name, e);
        }
    }

    private async Task WorkAsync(LockHandle leadership, CancellationToken stoppingToken)
    {
        try
        {
            await using AsyncServiceScope scope = scopes.CreateAsyncScope();
            ILeaderService service = declaration.Resolve(scope.ServiceProvider);
            await service.ExecuteAsync(new LeaderContext(declaration.Name, leadership), stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopped as asked.
        }
        catch (Exception e)
        {
            Log.ServiceFailed(logger, declaration.Name, e);
        }
    }

    // Registered after the link from loss to stop, and called before it: whoever is told by the loss itself has not overrun anything.
    private void TellOverrun(Task work, CancellationTokenSource stop)
    {
        if (!work.IsCompleted && stop.IsCancellationRequested)
        {
            Log.OverrunsLease(logger, declaration.Name);
        }
    }
}
