using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Discovery.DependencyInjection;

/// <summary>Starts and stops the node, and this app's services on it, with the host.</summary>
/// <remarks>
/// Starting fails on bad options, or when a shared node does not run. From then on nothing is thrown into the host: trouble is logged and
/// told by the health check. An app that shares a node starts and stops nothing but its own services.
/// </remarks>
internal sealed class NodeLifecycle(
    IEnumerable<DiscoveryNode> own,
    IDiscoveryNode node,
    ServiceRegistrar registrar,
    IOptions<NodeOptions> options,
    NodeRuntime runtime,
    ILogger<NodeLifecycle> logger) : IHostedLifecycleService
{
    private readonly Lock _lock = new();
    private Task? _stopping;
    private long _startedAt;

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        _startedAt = runtime.Time.GetTimestamp();
        _ = options.Value;
        foreach (DiscoveryNode mine in own)
        {
            await mine.StartAsync(cancellationToken);
        }

        if (node.Status.Phase != NodePhase.Running)
        {
            throw new InvalidOperationException(
                $"Node {node.Name}, which this app shares, does not run: start the app that it belongs to first.");
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        try
        {
            IReadOnlyList<AdvertisedAddress> addresses = await registrar.RegisterAsync(
                options.Value, runtime, cancellationToken);
            foreach (DiscoveryNode mine in own)
            {
                await mine.CompleteDeclarationsAsync();
            }

            string shown = addresses.Count == 0 ? node.Address
                : string.Join(", ", addresses.Select(a => $"{a.Scheme}://{a.Host ?? node.Address}:{a.Port}"));
            Log.Ready(logger, node.Name, shown, (long)runtime.Time.GetElapsedTime(_startedAt).TotalMilliseconds);
        }
        catch (Exception e)
        {
            Log.StepFailed(logger, "register", e);
        }
    }

    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        // A host that is stopped twice at once waits twice for the one stop.
        lock (_lock)
        {
            return _stopping ??= runtime.Start(() => SayGoodbyeAsync(cancellationToken));
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        foreach (DiscoveryNode mine in own)
        {
            await mine.LeaveAsync(options.Value.LeaveTimeout);
        }
    }

    private async Task SayGoodbyeAsync(CancellationToken cancellationToken)
    {
        // The host's token only cuts the waiting short: an app that must go at once still says goodbye.
        try
        {
            if (registrar.Registered.Count > 0)
            {
                await WithinLeaveTimeoutAsync(registrar.DrainAsync);
                await DelayAsync(options.Value.DrainDelay, cancellationToken);
                await WithinLeaveTimeoutAsync(registrar.DeregisterAsync);
            }
        }
        catch (Exception e)
        {
            Log.StepFailed(logger, "drain", e);
        }

        foreach (DiscoveryNode mine in own)
        {
            mine.Release();
        }
    }

    private async Task WithinLeaveTimeoutAsync(Func<CancellationToken, Task> step)
    {
        using var bound = new CancellationTokenSource(options.Value.LeaveTimeout, runtime.Time);
        await step(bound.Token).WaitAsync(bound.Token);
    }

    private async Task DelayAsync(TimeSpan delay, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(delay, runtime.Time, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // Cut short by the host.
        }
    }
}
