using Discovery.Infrastructure;

namespace Discovery.Agent;

/// <summary>What the agent's own routes have in common.</summary>
internal static class AgentCall
{
    // Longer than it takes to elect a leader.
    private static readonly TimeSpan s_shownWithin = TimeSpan.FromSeconds(2);

    /// <summary>Waits for a write, but not for long until the catalog shows what the agent has: it goes there by itself.</summary>
    /// <remarks>An app that registers while there is no leader is not held up by that: Consul's agent never waits.</remarks>
    public static async ValueTask KeepAsync(this ApiCall call, NodeRuntime runtime, Func<CancellationToken, ValueTask> write)
    {
        using var limit = new CancellationTokenSource(s_shownWithin, runtime.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, call.Aborted);
        try
        {
            await write(either.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !call.Aborted.IsCancellationRequested)
        {
        }
    }

    /// <summary>Who calls. An agent answers for itself: the datacenter of the query is not looked at.</summary>
    public static CallContext LocalContext(this ApiCall call) =>
        call.Context.Datacenter is null ? call.Context : call.Context with { Datacenter = null };

    /// <summary>A handler of a route that has namespaces in Consul's paid edition: a request that names one is refused.</summary>
    public static ApiHandler WithoutNamespace(ApiHandler handler) => call =>
    {
        call.RefuseNamespace();
        return handler(call);
    };
}
