namespace Discovery;

/// <summary>Reads the configuration again while the node runs.</summary>
public interface INodeReload
{
    /// <summary>Reads the configuration again, checks it as a whole, and takes over what can change in a running node.</summary>
    /// <remarks>
    /// <para>Services and checks of section <c>Discovery:Services</c> are registered, replaced and taken out as the section says now; what
    /// stays the same is not touched. Options that are read through <c>IOptionsMonitor</c> change.</para>
    /// <para>What was registered by calls, and maintenance, stay. Where the configuration is bad, everything stays as it was.</para>
    /// </remarks>
    /// <param name="cancellationToken">Gives up waiting for the catalog; what was taken over stays.</param>
    /// <exception cref="DiscoveryException">The configuration is bad; the message lists every failure.</exception>
    ValueTask ReloadAsync(CancellationToken cancellationToken = default);
}
