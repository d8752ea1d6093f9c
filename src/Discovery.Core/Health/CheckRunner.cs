using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Discovery.Health;

/// <summary>Runs all checks of one node: one loop, one timer, one heap of deadlines, a bounded number of runs at a time.</summary>
/// <remarks>
/// Every call is carried out by the loop in the order of arrival; calls wait while its inbox is full. Results go to the
/// <see cref="ICheckSink"/>. Nothing that a check or the sink does ends the loop.
/// </remarks>
internal sealed class CheckRunner : IAsyncDisposable
{
    private const int InboxMax = 1024;
    private static readonly TimeSpan s_timerMax = TimeSpan.FromDays(1);
    private static readonly TimeSpan s_stopMax = TimeSpan.FromSeconds(5);

    private readonly NodeRuntime _runtime;
    private readonly HealthOptions _options;
    private readonly CheckPublisher _publisher;
    private readonly IAliasSource _aliases;
    private readonly ICheckProbeFactory _probes;
    private readonly ILogger _logger;
    private readonly Random _random;
    private readonly long _origin;
    private readonly ConcurrentDictionary<CheckKey, CheckEntry> _entries = new();
    private readonly DeadlineHeap<CheckEntry> _heap = new();
    private readonly Queue<CheckEntry> _waiting = new();
    private readonly HashSet<CheckEntry> _running = [];
    private readonly ConcurrentQueue<CheckEntry> _dirty = new();
    private readonly Channel<Action<TimeSpan>> _inbox;
    private readonly ITimer _timer;
    private Task? _loop;

    public CheckRunner(
        NodeRuntime runtime, HealthOptions options, ICheckSink sink, IAliasSource aliases, ICheckProbeFactory probes, ILogger logger)
    {
        _runtime = runtime;
        _options = options;
        _publisher = new CheckPublisher(sink, logger);
        _aliases = aliases;
        _probes = probes;
        _logger = logger;
        _random = runtime.CreateRandom();
        _origin = runtime.Time.GetTimestamp();
        _inbox = Channel.CreateBounded<Action<TimeSpan>>(new BoundedChannelOptions(InboxMax) { SingleReader = true });
        _timer = runtime.Time.CreateTimer(
            static inbox => ((ChannelWriter<Action<TimeSpan>>)inbox!).TryWrite(static _ => { }),
            _inbox.Writer, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private TimeSpan Now => _runtime.Time.GetElapsedTime(_origin);

    /// <summary>Starts the loop; calls made before are carried out then.</summary>
    public void Start() => _loop ??= _runtime.Start(LoopAsync);

    /// <summary>Adds a check, or gives an existing one a new definition: status, output and history stay, timers start anew.</summary>
    /// <param name="key">Its key; without a service <see cref="CheckDefinition.DeregisterCriticalServiceAfter"/> is ignored.</param>
    /// <param name="definition">A valid definition; read now, later changes of the object have no effect.</param>
    /// <param name="output">The output that a new check begins with.</param>
    /// <param name="status">The status that a new check begins with; that of the definition when null.</param>
    /// <exception cref="DiscoveryException">The runner has stopped.</exception>
    public ValueTask AddAsync(CheckKey key, CheckDefinition definition, string output = "", CheckStatus? status = null)
    {
        CheckSettings settings = CheckSettings.From(key, definition, _options) with { Initial = status ?? definition.Status };
        ICheckProbe? probe = settings.IsProbed ? _probes.Create(definition, settings) : null;
        AliasTarget? alias = AliasTarget.Of(definition);
        return new ValueTask(CallAsync(now =>
        {
            AddNow(now, key, settings, probe, alias, output);
            return true;
        }));
    }

    /// <summary>Takes a check out; a run in progress is cancelled and its result dropped.</summary>
    /// <returns>Whether there was one.</returns>
    public ValueTask<bool> RemoveAsync(CheckKey key) => new(CallAsync(_ => RemoveNow(key)));

    /// <summary>Takes the word of the owner of a TTL check and renews its time.</summary>
    public ValueTask<CheckReportOutcome> ReportAsync(CheckKey key, CheckResult result) => new(CallAsync(now =>
    {
        if (!_entries.TryGetValue(key, out CheckEntry? entry))
        {
            return CheckReportOutcome.UnknownCheck;
        }

        if (entry.State.Settings.Kind != CheckKind.Ttl)
        {
            return CheckReportOutcome.NotTtl;
        }

        Apply(entry, () => entry.State.Report(now, result));
        return CheckReportOutcome.Accepted;
    }));

    /// <summary>All that is known of a check; null when there is none.</summary>
    public ValueTask<CheckSnapshot?> GetAsync(CheckKey key) => new(CallAsync(now =>
        _entries.TryGetValue(key, out CheckEntry? entry) ? CheckSnapshot.Of(entry, now, _runtime.Time.GetUtcNow()) : null));

    /// <summary>All that is known of a check now, from any thread and without waiting for the loop; null when there is none.</summary>
    public CheckSnapshot? Peek(CheckKey key)
    {
        if (!_entries.TryGetValue(key, out CheckEntry? entry))
        {
            return null;
        }

        lock (entry)
        {
            return CheckSnapshot.Of(entry, Now, _runtime.Time.GetUtcNow());
        }
    }

    /// <summary>The present output of a check, which may not be published yet; null when there is no such check.</summary>
    public string? PeekOutput(CheckKey key)
    {
        if (!_entries.TryGetValue(key, out CheckEntry? entry))
        {
            return null;
        }

        lock (entry)
        {
            return entry.State.Output;
        }
    }

    /// <summary>Stops all checks: the loop ends, runs are cancelled and waited for, five seconds at most.</summary>
    public async ValueTask DisposeAsync()
    {
        Start();
        _inbox.Writer.TryComplete();
        await _loop!;
        await _timer.DisposeAsync();
        foreach (CheckEntry entry in _entries.Values)
        {
            entry.Subscription?.Dispose();
            entry.Cancel?.Cancel();
        }

        try
        {
            await Task.WhenAll(_running.Select(r => r.Run!)).WaitAsync(s_stopMax, _runtime.Time);
        }
        catch (TimeoutException)
        {
            // A run that ignores its cancellation is left behind; its result goes nowhere.
        }
    }

    /// <summary>Ends all checks without waiting: runs in progress end at their time limits.</summary>
    public void Abandon()
    {
        _inbox.Writer.TryComplete();
        _timer.Dispose();
    }

    private async Task<T> CallAsync<T>(Func<TimeSpan, T> call)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            await _inbox.Writer.WriteAsync(now =>
            {
                try
                {
                    done.SetResult(call(now));
                }
                catch (Exception e)
                {
                    done.SetException(e);
                }
            });
        }
        catch (ChannelClosedException)
        {
            throw new DiscoveryException(DiscoveryError.Stopped, "The health checks of this node have stopped.");
        }

        return await done.Task;
    }

    private async Task LoopAsync()
    {
        while (await _inbox.Reader.WaitToReadAsync())
        {
            try
            {
                for (int i = 0; i < InboxMax && _inbox.Reader.TryRead(out Action<TimeSpan>? act); i++)
                {
                    act(Now);
                }

                EvaluateDirtyAliases();
                RunDue(Now);
            }
            catch (Exception e)
            {
                Log.LoopFailed(_logger, e);
            }

            Arm();
        }
    }

    private void AddNow(TimeSpan now, CheckKey key, CheckSettings settings, ICheckProbe? probe, AliasTarget? alias, string output)
    {
        if (_entries.TryGetValue(key, out CheckEntry? entry))
        {
            entry.Generation++;
            entry.Cancel?.Cancel();
            entry.Subscription?.Dispose();
            entry.Subscription = null;
            Apply(entry, () => entry.State.Reconfigure(now, settings));
        }
        else
        {
            entry = new CheckEntry(key, new CheckState(settings, now, _random, output));
            _entries[key] = entry;
        }

        entry.Probe = probe;
        entry.Alias = alias;
        if (alias is { } target)
        {
            MarkDirty(entry);
            entry.Subscription = _aliases.Subscribe(target, () => MarkDirty(entry));
        }

        entry.NextRunAt = probe is null || entry.IsWaiting ? null : now + (settings.Interval * _random.NextDouble());
        Schedule(entry);
    }

    private bool RemoveNow(CheckKey key)
    {
        if (!_entries.TryRemove(key, out CheckEntry? entry))
        {
            return false;
        }

        entry.IsRemoved = true;
        entry.Generation++;
        entry.Cancel?.Cancel();
        entry.Subscription?.Dispose();
        _heap.Remove(entry);
        return true;
    }

    private void MarkDirty(CheckEntry entry)
    {
        if (Interlocked.Exchange(ref entry.AliasDirty, 1) == 0)
        {
            _dirty.Enqueue(entry);
            _inbox.Writer.TryWrite(static _ => { });
        }
    }

    private void EvaluateDirtyAliases()
    {
        for (int left = _dirty.Count; left > 0 && _dirty.TryDequeue(out CheckEntry? entry); left--)
        {
            Interlocked.Exchange(ref entry.AliasDirty, 0);
            EvaluateAlias(entry, Now);
        }
    }

    private void EvaluateAlias(CheckEntry entry, TimeSpan now)
    {
        if (entry.IsRemoved || entry.Alias is not { } target)
        {
            return;
        }

        CheckResult result;
        try
        {
            result = AliasEvaluation.Evaluate(target, _aliases.Read(target, entry.Key));
        }
        catch (Exception e)
        {
            result = CheckResult.Critical(e.Message);
        }

        entry.NextRunAt = now + _options.AliasRefreshInterval;
        Apply(entry, () => entry.State.Report(now, result));
    }

    private void RunDue(TimeSpan now)
    {
        while (_heap.Peek() is { } entry && entry.Deadline <= now)
        {
            if (entry.State.NextDeadline <= now)
            {
                Apply(entry, () => entry.State.Tick(now));
            }

            if (entry.NextRunAt <= now)
            {
                entry.NextRunAt = null;
                if (entry.Alias is not null)
                {
                    EvaluateAlias(entry, now);
                }
                else if (entry.Run is null)
                {
                    entry.IsWaiting = true;
                    _waiting.Enqueue(entry);
                }
            }

            Schedule(entry);
        }

        StartWaiting();
    }

    private void StartWaiting()
    {
        while (_running.Count < _options.ConcurrentProbesMax && _waiting.TryDequeue(out CheckEntry? entry))
        {
            entry.IsWaiting = false;
            if (entry.IsRemoved || entry.Probe is not { } probe || entry.Run is not null)
            {
                continue;
            }

            int generation = entry.Generation;
            CheckSettings settings = entry.State.Settings;
            var cancel = new CancellationTokenSource();
            entry.Cancel = cancel;
            _running.Add(entry);
            entry.Run = _runtime.Start(async () =>
            {
                CheckResult result = await ProbeExecution.RunAsync(probe, settings.Timeout, _runtime.Time, cancel.Token);
                try
                {
                    await _inbox.Writer.WriteAsync(now => Complete(entry, generation, result, now));
                }
                catch (ChannelClosedException)
                {
                    // The runner has stopped; nobody wants the result.
                }
            });
        }
    }

    private void Complete(CheckEntry entry, int generation, CheckResult result, TimeSpan now)
    {
        entry.Run = null;
        entry.Cancel?.Dispose();
        entry.Cancel = null;
        _running.Remove(entry);
        if (entry.IsRemoved)
        {
            return;
        }

        if (entry.Generation == generation)
        {
            entry.NextRunAt = now + entry.State.Settings.Interval;
            Apply(entry, () => entry.State.Report(now, result));
        }
        else if (entry.Probe is not null && entry.NextRunAt is null)
        {
            // The first run of the new definition came due while the old run was still ending.
            entry.NextRunAt = now;
            Schedule(entry);
        }
    }

    private void Apply(CheckEntry entry, Func<CheckStep> input)
    {
        CheckState state = entry.State;
        bool flapping = state.IsFlapping;
        CheckStep step;
        lock (entry)
        {
            step = input();
        }

        Schedule(entry);
        _publisher.Publish(entry, step, flapping, Now);
    }

    private void Schedule(CheckEntry entry)
    {
        TimeSpan? next = entry.State.NextDeadline;
        _heap.Set(entry, entry.IsRemoved ? null : next is null || entry.NextRunAt < next ? entry.NextRunAt : next);
    }

    private void Arm()
    {
        TimeSpan? next = _heap.Peek()?.Deadline;
        if (next is not { } at)
        {
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            return;
        }

        TimeSpan wait = at - Now;
        wait = wait > s_timerMax ? s_timerMax : TimeSpan.FromMilliseconds(Math.Max(1, Math.Ceiling(wait.TotalMilliseconds)));
        _timer.Change(wait, Timeout.InfiniteTimeSpan);
    }
}
