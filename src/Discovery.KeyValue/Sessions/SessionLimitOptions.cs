namespace Discovery;

/// <summary>
/// Consul's limits of sessions, kept by those who speak Consul's API: HTTP and the calls between nodes. Sessions of
/// <see cref="ISessions"/> have none. Configuration section <c>Discovery:SessionLimits</c>.
/// </summary>
public sealed class SessionLimitOptions
{
    /// <summary>
    /// The shortest time to live of a session that is created so. Such a session ends after twice its time to live.
    /// </summary>
    /// <value>Ten seconds.</value>
    public TimeSpan TtlMin { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The longest time to live of a session that is created so.</summary>
    /// <value>24 hours.</value>
    public TimeSpan TtlMax { get; set; } = TimeSpan.FromHours(24);

    /// <summary>The longest lock-delay of a session that is created so; a longer one is lowered to it.</summary>
    /// <value>One minute.</value>
    public TimeSpan LockDelayMax { get; set; } = TimeSpan.FromMinutes(1);
}
