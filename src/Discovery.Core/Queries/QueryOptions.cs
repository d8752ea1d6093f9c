namespace Discovery;

/// <summary>How a query is carried out.</summary>
public sealed record QueryOptions
{
    /// <summary>The defaults: at once, default consistency, called by this process.</summary>
    public static readonly QueryOptions Default = new();

    /// <summary>Who calls.</summary>
    public CallContext Context { get; init; } = CallContext.Local;

    /// <summary>How fresh the state must be.</summary>
    public ReadConsistency Consistency { get; init; }

    /// <summary>The index of the reply that the caller already has: wait for a newer one. 0 answers at once.</summary>
    /// <value>0.</value>
    public ulong AfterIndex { get; init; }

    /// <summary>How long to wait for a newer reply before the current one is returned.</summary>
    /// <value>5 minutes (Consul's default); anything longer than 24 days is 24 days.</value>
    public TimeSpan Wait { get; init; } = TimeSpan.FromMinutes(5);
}
