namespace Discovery;

/// <summary>The numbers of the zone's SOA record, in whole seconds. Configuration section <c>Discovery:Dns:Soa</c>.</summary>
public sealed class DnsSoaOptions
{
    /// <summary>When secondaries should look again.</summary>
    /// <value>One hour.</value>
    public TimeSpan Refresh { get; set; } = TimeSpan.FromHours(1);

    /// <summary>When they should try again after a failure.</summary>
    /// <value>Ten minutes.</value>
    public TimeSpan Retry { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>When they should give up.</summary>
    /// <value>One day.</value>
    public TimeSpan Expire { get; set; } = TimeSpan.FromDays(1);

    /// <summary>
    /// How long resolvers may remember that a name does not exist. Behind a caching resolver 1 to 5 seconds save queries.
    /// </summary>
    /// <value>Zero: not at all.</value>
    public TimeSpan MinTtl { get; set; }
}
