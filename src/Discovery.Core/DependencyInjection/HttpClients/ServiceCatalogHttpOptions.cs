namespace Discovery;

/// <summary>How an <see cref="HttpClient"/> finds the instances of services.</summary>
public sealed class ServiceCatalogHttpOptions
{
    /// <summary>How many instances one request tries at most while each refuses the connection.</summary>
    /// <value>5; at least 1.</value>
    public int AttemptsMax { get; set; } = 5;
}
