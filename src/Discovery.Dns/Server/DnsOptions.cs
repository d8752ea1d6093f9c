namespace Discovery;

/// <summary>Where and how the DNS server answers. Configuration section <c>Discovery:Dns</c>.</summary>
public sealed class DnsOptions
{
    /// <summary>The port, for UDP and TCP alike; 0 takes any free one.</summary>
    /// <value>8600.</value>
    public int Port { get; set; } = 8600;
}
