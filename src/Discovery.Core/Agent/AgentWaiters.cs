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
        foreach (Waiter waiter in waiters)
        {
            if (plan.Conflicts.FirstOrDefault(waiter.IsFor) is { } conflict)
            {
                waiter.Done.TrySetException(OwnedBy(conflict.Owner));
            }
            else if (!waiter.IsPending(pending))
            {
                waiter.Done.TrySetResult();
            }
        }
    }

    /// <summary>Ends the waits for what a step that will not succeed was to write.</summary>
    public void Fail(AgentStep step, Exception reason)
    {
        var pending = AgentPending.Of(new AgentPlan([step], [], []));
        foreach (Waiter waiter in Take())
        {
            if (waiter.IsPending(pending))
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

        public bool IsFor(AgentConflict conflict) => conflict.ServiceId is { } service ? service == serviceId
            : conflict.CheckId is { } check ? checkIds.Contains(check)
            : serviceId is null && checkIds.Count == 0;

        public bool IsPending(AgentPending pending) => pending.IsNodePending
            || (serviceId is not null && pending.Services.Contains(serviceId))
            || checkIds.Any(pending.Checks.Contains);
    }
}
