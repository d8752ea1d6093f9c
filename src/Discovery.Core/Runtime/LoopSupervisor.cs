using System.Diagnostics.Metrics;
using Discovery.Runtime;
using Microsoft.Extensions.Logging;

namespace Discovery;

/// <summary>Runs a node's background loops and keeps their trouble away from the host.</summary>
/// <remarks>
/// What a loop throws is logged, counted and answered by a restart with exponential back-off on the node's clock. A broken invariant is
/// never restarted: it faults the node. A cancelled loop is a stopped one, whatever it throws then; an
/// <see cref="OperationCanceledException"/> that nobody asked for is a failure like any other.
/// </remarks>
public sealed class LoopSupervisor : IDisposable
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, SupervisedLoop> _loops = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _faulted = new();
    private readonly NodeRuntime _runtime;
    private readonly ILogger _logger;
    private readonly LoopSupervisorOptions _options;
    private readonly Counter<long> _failures;
    private Exception? _fault;
    private bool _stopped;

    /// <summary>Creates a supervisor without loops.</summary>
    /// <param name="runtime">The clock and the scheduler of the loops.</param>
    /// <param name="logger">Where failures are told.</param>
    /// <param name="meters">Makes the meter <c>Discovery.Core</c> with <c>discovery.core.loop.failures</c>, tag <c>loop</c>.</param>
    /// <param name="options">Limits; null for the defaults.</param>
    public LoopSupervisor(
        NodeRuntime runtime, ILogger<LoopSupervisor> logger, IMeterFactory meters, LoopSupervisorOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(runtime);
        ArgumentNullException.ThrowIfNull(logger);
        ArgumentNullException.ThrowIfNull(meters);
        _runtime = runtime;
        _logger = logger;
        _options = options ?? new LoopSupervisorOptions();
        _failures = meters.Create("Discovery.Core").CreateCounter<long>(
            "discovery.core.loop.failures", "{failure}", "Exceptions that ended a background loop.");
        Faulted = _faulted.Token;
    }

    /// <summary>The loops by name, in ordinal order; one that has ended stays listed until its name is used again.</summary>
    public IReadOnlyList<LoopState> LoopStates
    {
        get
        {
            lock (_lock)
            {
                return [.. _loops.Values.Select(static loop => loop.State)];
            }
        }
    }

    /// <summary>The first broken invariant; null while the node is sound.</summary>
    public Exception? Fault => Volatile.Read(ref _fault);

    /// <summary>Cancelled when the node becomes faulted.</summary>
    public CancellationToken Faulted { get; }

    /// <summary>Starts a loop.</summary>
    /// <param name="name">Its name in logs, metrics and health; a small, fixed set.</param>
    /// <param name="body">The work, until its token is cancelled. It awaits without <c>ConfigureAwait(false)</c>.</param>
    /// <param name="restart">What happens when it throws.</param>
    /// <param name="cancellationToken">Ends this loop before the supervisor stops.</param>
    /// <returns>A task that ends, never faulted, when the loop has ended for good.</returns>
    /// <exception cref="DiscoveryException">The supervisor has been stopped.</exception>
    /// <exception cref="InvalidOperationException">A loop of this name has not ended.</exception>
    public Task Start(
        string name, Func<CancellationToken, Task> body, LoopRestart restart, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(body);
        lock (_lock)
        {
            if (_stopped)
            {
                throw new DiscoveryException(DiscoveryError.Stopped, $"Loop '{name}' cannot start: the node is stopping.");
            }

            if (_loops.TryGetValue(name, out SupervisedLoop? existing) && !existing.HasEnded)
            {
                throw new InvalidOperationException($"A loop named '{name}' is running.");
            }

            SupervisedLoop loop = new(name, body, restart);
            _loops[name] = loop;
            loop.Ended = _runtime.Start(() => RunAsync(loop, cancellationToken));
            return loop.Ended;
        }
    }

    /// <summary>Marks the node faulted; only the first reason counts.</summary>
    /// <param name="reason">What was found broken.</param>
    public void MarkFaulted(Exception reason)
    {
        ArgumentNullException.ThrowIfNull(reason);
        if (Interlocked.CompareExchange(ref _fault, reason, null) is null)
        {
            Log.NodeFaulted(_logger, reason.Message, reason);
            Cancel(_faulted, "faulted");
        }
    }

    /// <summary>Cancels every loop and waits, at most <see cref="LoopSupervisorOptions.StopTimeout"/> on the node's clock.</summary>
    /// <param name="cancellationToken">Ends the wait, not the stopping.</param>
    /// <returns>False when a loop had not ended by then; its name is logged.</returns>
    public async Task<bool> StopAsync(CancellationToken cancellationToken = default)
    {
        Task ended;
        lock (_lock)
        {
            _stopped = true;
            ended = Task.WhenAll(_loops.Values.Select(static loop => loop.Ended));
        }

        Cancel(_stopping, "stopping");
        try
        {
            await ended.WaitAsync(_options.StopTimeout, _runtime.Time, cancellationToken);
            return true;
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            IEnumerable<LoopState> left = LoopStates.Where(static s => s.Phase is LoopPhase.Running or LoopPhase.BackingOff);
            Log.LoopsLeftBehind(_logger, string.Join(", ", left.Select(static s => s.Name)), _options.StopTimeout);
            return false;
        }
    }

    /// <summary>Cancels every loop without waiting; call <see cref="StopAsync"/> first.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _stopped = true;
        }

        Cancel(_stopping, "stopping");
    }

    private async Task RunAsync(SupervisedLoop loop, CancellationToken ownToken)
    {
        using CancellationTokenSource linked = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token, ownToken);
        CancellationToken token = linked.Token;
        int failuresInARow = 0;
        while (!token.IsCancellationRequested)
        {
            long started = _runtime.Time.GetTimestamp();
            try
            {
                await loop.RunBody(token);
                loop.Enter(token.IsCancellationRequested ? LoopPhase.Stopped : LoopPhase.Completed);
                return;
            }
            catch (Exception) when (token.IsCancellationRequested)
            {
                break;
            }
            catch (Exception e)
            {
                _failures.Add(1, new KeyValuePair<string, object?>("loop", loop.Name));
                if (e is InvariantViolationException || loop.Restart == LoopRestart.Never)
                {
                    EndFailed(loop, e);
                    return;
                }

                failuresInARow = _runtime.Time.GetElapsedTime(started) >= _options.BackoffMax ? 1 : failuresInARow + 1;
                TimeSpan delay = Backoff(failuresInARow);
                loop.EnterFailed(LoopPhase.BackingOff, e);
                Log.LoopRestarts(_logger, loop.Name, delay, e);
                if (!await WaitAsync(delay, token))
                {
                    break;
                }

                loop.EnterRestarted();
            }
        }

        loop.Enter(LoopPhase.Stopped);
    }

    private void EndFailed(SupervisedLoop loop, Exception error)
    {
        loop.EnterFailed(LoopPhase.Failed, error);
        Log.LoopFailed(_logger, loop.Name, error);
        if (error is InvariantViolationException)
        {
            MarkFaulted(error);
        }
    }

    private TimeSpan Backoff(int failuresInARow)
    {
        double factor = Math.Pow(2, Math.Min(failuresInARow - 1, 30));
        return TimeSpan.FromTicks((long)Math.Min(_options.BackoffFirst.Ticks * factor, _options.BackoffMax.Ticks));
    }

    /// <returns>False when the token was cancelled meanwhile.</returns>
    private async Task<bool> WaitAsync(TimeSpan delay, CancellationToken token)
    {
        try
        {
            await Task.Delay(delay, _runtime.Time, token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private void Cancel(CancellationTokenSource source, string name)
    {
        try
        {
            source.Cancel();
        }
        catch (AggregateException e)
        {
            Log.CancellationCallbackFailed(_logger, name, e);
        }
    }
}
