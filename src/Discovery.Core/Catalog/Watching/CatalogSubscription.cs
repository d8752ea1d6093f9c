using Microsoft.Extensions.Logging;

namespace Discovery.Catalog;

/// <summary>Runs a handler over a watch until disposed. Whatever the handler throws stays here.</summary>
internal sealed class CatalogSubscription : IAsyncDisposable
{
    // Which subscription's handler the current flow of execution is in.
    private static readonly AsyncLocal<CatalogSubscription?> s_handling = new();

    private readonly string _service;
    private readonly Func<ServiceChange, CancellationToken, ValueTask> _handler;
    private readonly WatchMetrics _metrics;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _disposed = new();
    private readonly Task _loop;

    public CatalogSubscription(
        CatalogWatcher watcher,
        NodeRuntime runtime,
        WatchMetrics metrics,
        ILogger logger,
        string service,
        (Func<ServiceChange, CancellationToken, ValueTask> Handler, WatchOptions Options) what)
    {
        _service = service;
        _handler = what.Handler;
        _metrics = metrics;
        _logger = logger;
        IAsyncEnumerable<ServiceChange> changes = watcher.WatchAsync(service, what.Options, _disposed.Token);
        _loop = runtime.Start(() => RunAsync(changes));
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await _disposed.CancelAsync();
        }
        catch (AggregateException e)
        {
            // Thrown by what the handler registered on its token.
            _metrics.HandlerFailed();
            Log.WatchEnded(_logger, _service, e);
        }

        // From inside the handler, waiting for the handler would never end: the loop ends when the handler returns.
        if (s_handling.Value != this)
        {
            await _loop;
        }
    }

    private async Task RunAsync(IAsyncEnumerable<ServiceChange> changes)
    {
        try
        {
            await foreach (ServiceChange change in changes)
            {
                await HandleAsync(change);
            }
        }
        catch (OperationCanceledException) when (_disposed.IsCancellationRequested)
        {
            // Disposed: the watch has ended as asked.
        }
        catch (Exception e)
        {
            Log.WatchEnded(_logger, _service, e);
        }
    }

    private async ValueTask HandleAsync(ServiceChange change)
    {
        // Set in this call's flow only: it is gone when the call returns.
        s_handling.Value = this;
        try
        {
            await _handler(change, _disposed.Token);
        }
        catch (OperationCanceledException) when (_disposed.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e)
        {
            _metrics.HandlerFailed();
            Log.WatchHandlerFailed(_logger, _service, change.Position.Index, e);
        }
    }
}
