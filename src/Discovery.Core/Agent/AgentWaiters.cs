namespace Discovery.Agent;

/// <summary>Calls that wait until the catalog shows what they asked for.</summary>
internal sealed class AgentWaiters
{
    private readonly Lock _lock = new();
    private readonly HashSet<Waiter> _open = [];
    private DiscoveryException? _ended;

    public async Task WaitAsync(string? serviceId, IReadOnlyCollection<string> checkIds, Action wake, CancellationToken cancellationToken)
    {
        var waiter = new Waiter(serviceId, checkIds);
        lock (_lock)
        {
            if (_ended is { } ended)
            {
                throw new DiscoveryException(ended.Error, ended.Message, ended.WriteOutcome, ended);
            }

            _open.Add(waiter);
        }

        wake();
        await using (cancellationToken.UnsafeRegister(
            static (state, token) => ((Waiter)state!).Done.TrySetCanceled(token), waiter))
        {
            try
            {
                await waiter.Done.Task;
            }
            finally
            {
                lock (_lock)
                {
                    _open.Remove(waiter);
                }
            }
        }
    }

    /// <summary>Those who wait now. Take them before reading the state: then it holds what each of them waits for.</summary>
    public Waiter[] Take()
    {
        lock (_lock)
        {
            return [.. _open];
        }
    }

    /// <summary>Ends the waits for entries that need no further write.</summary>
    public static void Complete(Waiter[] waiters, AgentPlan plan)
    {
        if (waiters.Length == 0)
        {
            return;
        }

        var pending = AgentPending.Of(plan);
        var conflicts = new AgentVerdicts<AgentConflict>();
        foreach (AgentConflict conflict in plan.Conflicts)
        {
            conflicts.Add(conflict.ServiceId, conflict.CheckId is { } checkId ? [checkId] : [], conflict);
        }

        foreach (Waiter waiter in waiters)
        {
            if (waiter.FindIn(conflicts) is { } conflict)
            {
                waiter.Done.TrySetException(OwnedBy(conflict.Owner));
            }
            else if (!waiter.IsPending(pending))
            {
                waiter.Done.TrySetResult();
            }
        }
    }

    /// <summary>Ends the waits for what steps that will not succeed were to write.</summary>
    public void Fail(IReadOnlyList<(AgentStep Step, Exception Reason)> failed)
    {
        if (failed.Count == 0)
        {
            return;
        }

        var reasons = new AgentVerdicts<Exception>();
        foreach ((AgentStep step, Exception reason) in failed)
        {
            reasons.Add(step.Register is { } register ? register.Service?.Id : step.ServiceId, step.CheckIds, reason);
        }

        // Without the node nothing can be written: its failure is everybody's.
        Exception? ofNode = failed.FirstOrDefault(static one => one.Step.IsNode).Reason;
        foreach (Waiter waiter in Take())
        {
            if ((ofNode ?? waiter.FindIn(reasons)) is { } reason)
            {
                waiter.Done.TrySetException(reason);
            }
        }
    }

    /// <summary>Ends all waits, now and later.</summary>
    public void End(DiscoveryException reason)
    {
        lock (_lock)
        {
            _ended ??= reason;
        }

        foreach (Waiter waiter in Take())
        {
            waiter.Done.TrySetException(reason);
        }
    }

    public static DiscoveryException OwnedBy(string owner) => new(
        DiscoveryError.OwnedByOther, $"The agent of node \"{owner}\" keeps an entry of that id in the catalog; this one is not written.");

    internal sealed class Waiter(string? serviceId, IReadOnlyCollection<string> checkIds)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>What was found first about what this waits for; for one that waits for the node, about the node.</summary>
        public T? FindIn<T>(AgentVerdicts<T> verdicts)
            where T : class => verdicts.Find(serviceId, checkIds);

        public bool IsPending(AgentPending pending) => pending.IsNodePending
            || (serviceId is not null && pending.Services.Contains(serviceId))
            || checkIds.Any(pending.Checks.Contains);
    }
}
