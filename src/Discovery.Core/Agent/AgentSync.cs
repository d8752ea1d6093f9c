using Discovery.Catalog;
using Microsoft.Extensions.Logging;

namespace Discovery.Agent;

/// <summary>Keeps the catalog in step with the agent: the only writer of the agent's entries.</summary>
/// <remarks>
/// <para>Every wake compares whatever may differ since the last comparison and writes the difference: a wake can be lost or come twice
/// without harm. Wakes come from local changes, from changes of the node's topic, and from the timer, which has everything compared.</para>
/// <para>Two agents of one name would undo each other's writes for ever; so repairs, that is writes that no local change asked for, have a
/// budget that fills slowly.</para>
/// </remarks>
internal sealed class AgentSync : IDisposable
{
    private const int RepairsMax = 32;
    private static readonly TimeSpan s_repairRefill = TimeSpan.FromSeconds(1);

    private readonly AgentParts _parts;
    private readonly AgentStore _store;
    private readonly AgentExecutor _executor;
    private readonly AsyncSignal _wake = new();
    private readonly ITimer _timer;
    private readonly Random _random;
    private readonly long _origin;
    private readonly byte[] _nodeKey;
    private readonly AgentComparison _comparison;
    private readonly Dictionary<string, object> _refused = new(StringComparer.Ordinal);
    private readonly HashSet<AgentConflict> _conflictsTold = [];
    private PendingThen? _lastPending;
    private int _localChange;
    private TimeSpan _fullAt;
    private TimeSpan _notBefore;
    private TimeSpan _lastRefill;
    private int _repairs = RepairsMax;
    private int _failuresInARow;
    private bool _isFinalTold;

    public AgentSync(AgentParts parts, AgentStore store)
    {
        _parts = parts;
        _store = store;
        _executor = new AgentExecutor(parts);
        _random = parts.Runtime.CreateRandom();
        _origin = parts.Runtime.Time.GetTimestamp();
        _nodeKey = CatalogKeys.Folded(parts.Identity.Name);
        _comparison = new AgentComparison(parts.StateMachine, parts.Catalog.Tables, _nodeKey);
        _fullAt = NextFull(TimeSpan.Zero);
        _timer = parts.Runtime.Time.CreateTimer(
            static state => ((AsyncSignal)state!).Set(), _wake, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public AgentWaiters Waiters { get; } = new();

    private TimeSpan Now => _parts.Runtime.Time.GetElapsedTime(_origin);

    /// <summary>How many entries were looked at so far, and how often all of them.</summary>
    public (long Looks, long FullComparisons) Work => (_comparison.Looks, _comparison.FullComparisons);

    /// <summary>What is still to be written, by the state of this moment. Compared once for each state of agent and catalog.</summary>
    public AgentPending Pending(AgentState state)
    {
        if (!_parts.StateMachine.KeepsState)
        {
            return AgentPending.Nothing;
        }

        StateSnapshot snapshot = _parts.StateMachine.Current;
        PendingThen? last = Volatile.Read(ref _lastPending);
        if (last is not null && ReferenceEquals(last.State, state) && last.Position == snapshot.Position)
        {
            return last.Pending;
        }

        AgentPending pending = AgentPending.Of(AgentDiff.Compare(state, NodeRows.Read(snapshot, _parts.Catalog.Tables, _nodeKey)));
        Volatile.Write(ref _lastPending, new PendingThen(state, snapshot.Position, pending));
        return pending;
    }

    /// <summary>Whether the catalog shows a service as the agent has it, by the state of this moment.</summary>
    public bool IsShown(AgentState state, string serviceId)
    {
        var scope = new AgentScope();
        scope.Services.Add(serviceId);
        NodeRows rows = scope.Read(state, _parts.StateMachine.Current, _parts.Catalog.Tables);
        var pending = AgentPending.Of(AgentDiff.Compare(state, rows, scope));
        return !pending.IsNodePending && !pending.Services.Contains(serviceId);
    }

    /// <summary>Tells of a local change; never waits.</summary>
    public void Wake()
    {
        Volatile.Write(ref _localChange, 1);
        _wake.Set();
    }

    /// <summary>Follows the node's topic in the catalog.</summary>
    /// <param name="changed">Told what changed; null when that is not known.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task WatchAsync(Action<NodeChanges?> changed, CancellationToken cancellationToken)
    {
        CatalogTables tables = _parts.Catalog.Tables;
        using StateWatch watch = StateWatch.Open(_parts.StateMachine, [StateTopic.ForKey(tables.NodeTopics, _nodeKey)]);
        NodeChanges? changes = null;
        StatePosition seen = _parts.StateMachine.Current.Position;
        while (true)
        {
            _wake.Set();
            changed(changes);
            await watch.WaitAsync(cancellationToken);
            StateSnapshot snapshot = _parts.StateMachine.Current;
            changes = NodeChanges.Read(_parts.StateMachine, tables, _nodeKey, seen, snapshot);
            seen = snapshot.Position;
        }
    }

    /// <summary>The application has declared what it offers: entries of this owner that are not among it may go.</summary>
    public void EndGrace()
    {
        _store.Update(static state => state.KeepsUnknown ? state with { KeepsUnknown = false } : state);
        Wake();
    }

    public void Dispose() => _timer.Dispose();

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        // What a run before this one took to compare may not be written.
        _comparison.Forget();
        Wake();
        while (true)
        {
            await _wake.WaitAsync(cancellationToken);
            await SyncAsync(cancellationToken);
            Arm();
        }
    }

    private async Task SyncAsync(CancellationToken cancellationToken)
    {
        TimeSpan now = Now;
        BeginFull(now);
        if (now < _notBefore)
        {
            return;
        }

        bool isLocal = Interlocked.Exchange(ref _localChange, 0) == 1;
        AgentWaiters.Waiter[] waiters = Waiters.Take();
        AgentState state = _store.Update(static current => current.WithoutTouched()).Before;

        // A change is in the store before Wake tells of it, and the catalog may wake this loop in between: it is a local one all the same.
        isLocal |= !state.Touched.IsEmpty;
        (AgentPlan plan, NodeRows rows, AgentScope? scope) = _comparison.Compare(state);
        _store.Update(current => current.AdoptTags(plan.AdoptedTags).ForgetRemovals(rows, scope));
        AgentWaiters.Complete(waiters, plan);
        TellConflicts(plan);
        AgentStep[] steps = [.. plan.Steps.Where(step => !IsRefused(step))];
        if (steps.Length == 0 || !TryTakeRepair(isLocal, now, steps.Length))
        {
            return;
        }

        Exception? trouble = null;
        var failed = new List<(AgentStep, Exception)>();
        foreach ((AgentStep step, Exception? failure) in await _executor.ExecuteAsync(steps, cancellationToken))
        {
            trouble = (failure is null ? null : Take(step, failure, failed)) ?? trouble;
        }

        Waiters.Fail(failed);
        Settle(trouble, steps.Length);
    }

    // Returns the failure when the same step may succeed later; what was refused waits for the next full comparison.
    private Exception? Take(AgentStep step, Exception failure, List<(AgentStep, Exception)> failed)
    {
        DiscoveryError? error = (failure as DiscoveryException)?.Error;
        if (error is DiscoveryError.InvalidRequest or DiscoveryError.OwnedByOther or DiscoveryError.PermissionDenied)
        {
            _refused[step.Key] = step.Source;
            Log.StepRefused(_parts.Logger, step.Key, failure.Message);
            failed.Add((step, failure));
            return null;
        }

        if (error is DiscoveryError.Stopped or DiscoveryError.Faulted)
        {
            failed.Add((step, failure));
        }

        return failure;
    }

    private void Settle(Exception? trouble, int steps)
    {
        if (trouble is null)
        {
            if (_failuresInARow > 0)
            {
                Log.SyncRecovered(_parts.Logger);
            }

            // Compare again: what is left then, and every later repair, is not asked for by this round.
            _failuresInARow = 0;
            _isFinalTold = false;
            _wake.Set();
            return;
        }

        _failuresInARow++;
        double factor = Math.Pow(2, Math.Min(_failuresInARow - 1, 20));
        TimeSpan longest = _parts.Options.RetryDelayMax;
        TimeSpan delay = TimeSpan.FromTicks((long)Math.Min(_parts.Options.RetryDelayFirst.Ticks * factor, longest.Ticks));

        // A node that has faulted stays so: once is enough.
        bool isFinal = trouble is DiscoveryException { Error: DiscoveryError.Faulted or DiscoveryError.Stopped };
        if (!isFinal || !_isFinalTold)
        {
            Log.SyncFailed(_parts.Logger, steps, delay, trouble.Message);
        }

        _isFinalTold = isFinal;
        Volatile.Write(ref _localChange, 1);
        _notBefore = Now + delay;
    }

    private void BeginFull(TimeSpan now)
    {
        if (now >= _fullAt)
        {
            _fullAt = NextFull(now);
            _comparison.Forget();
            _refused.Clear();
            _conflictsTold.Clear();
            _store.Update(static state => state.KeepsUnknown ? state with { KeepsUnknown = false } : state);
        }
    }

    private bool IsRefused(AgentStep step) =>
        _refused.TryGetValue(step.Key, out object? source) && ReferenceEquals(source, step.Source);

    private bool TryTakeRepair(bool isLocal, TimeSpan now, int steps)
    {
        int refill = (int)Math.Min(RepairsMax, (now - _lastRefill) / s_repairRefill);
        _lastRefill += refill == RepairsMax ? now - _lastRefill : refill * s_repairRefill;
        _repairs = Math.Min(RepairsMax, _repairs + refill);
        if (isLocal)
        {
            return true;
        }

        if (_repairs == 0)
        {
            _notBefore = _lastRefill + s_repairRefill;
            return false;
        }

        _repairs--;
        Log.Repairing(_parts.Logger, steps);
        return true;
    }

    private void TellConflicts(AgentPlan plan)
    {
        foreach (AgentConflict conflict in plan.Conflicts.Where(_conflictsTold.Add))
        {
            string entry = conflict.ServiceId is { } service ? $"Service {service}"
                : conflict.CheckId is { } check ? $"Check {check}"
                : "The node";
            Log.Conflict(_parts.Logger, entry, conflict.Owner);
        }
    }

    private void Arm()
    {
        TimeSpan now = Now;
        TimeSpan next = _notBefore > now && _notBefore < _fullAt ? _notBefore : _fullAt;
        double milliseconds = Math.Max(1, Math.Ceiling((next - now).TotalMilliseconds));
        _timer.Change(TimeSpan.FromMilliseconds(milliseconds), Timeout.InfiniteTimeSpan);
    }

    private TimeSpan NextFull(TimeSpan now) => now + (_parts.Options.SyncInterval * (1 + (_random.NextDouble() / 10)));

    private sealed record PendingThen(AgentState State, StatePosition Position, AgentPending Pending);
}
