namespace Discovery;

/// <summary>How a service is run on one node at a time.</summary>
public sealed record LeaderServiceOptions
{
    /// <summary>How the leadership is held.</summary>
    public LockOptions Lock { get; set; } = LockOptions.Default;

    /// <summary>How long the service may take to stop: it is told so much before its lease can end.</summary>
    /// <value>5 seconds; less than half of the lease.</value>
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long after the service has ended or failed this node campaigns again.</summary>
    /// <value>1 second.</value>
    public TimeSpan RestartDelay { get; set; } = TimeSpan.FromSeconds(1);
}
