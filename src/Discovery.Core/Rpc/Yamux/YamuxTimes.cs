namespace Discovery.Rpc;

/// <summary>How long a session waits for its peer; the protocol's usual numbers.</summary>
internal sealed record YamuxTimes
{
    /// <summary>Between two pings.</summary>
    public TimeSpan Keepalive { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>For the answer to a ping, and for the connection to take a write.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>For the peer to read some of what a stream has to say.</summary>
    public TimeSpan Stall { get; init; } = TimeSpan.FromMinutes(1);
}
