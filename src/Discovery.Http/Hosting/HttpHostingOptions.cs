namespace Discovery;

/// <summary>How a node sees the ASP.NET Core app around it. Configuration section <c>Discovery:HttpHosting</c>.</summary>
public sealed class HttpHostingOptions
{
    /// <summary>How often the app's own health checks are evaluated for its services.</summary>
    /// <value>Two seconds; at least 100 ms.</value>
    public TimeSpan HealthPeriod { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long one evaluation may take before it counts as critical.</summary>
    /// <value>Ten seconds.</value>
    public TimeSpan HealthTimeout { get; set; } = TimeSpan.FromSeconds(10);
}
