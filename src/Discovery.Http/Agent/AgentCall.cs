using Discovery.Infrastructure;

namespace Discovery.Agent;

/// <summary>What the agent's own routes have in common.</summary>
internal static class AgentCall
{
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
