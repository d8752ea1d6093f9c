namespace Discovery;

/// <summary>Opens connections to the RPC ports of other nodes.</summary>
public interface INodeConnector
{
    /// <summary>Connects and says the first byte, within <see cref="RpcOptions.DialTimeout"/>.</summary>
    /// <param name="host">An IP address or a host name.</param>
    /// <param name="port">The port.</param>
    /// <param name="protocol">The first byte, which selects the handler on the other side.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The connection; the caller disposes it.</returns>
    /// <exception cref="DiscoveryException">
    /// Nobody is reached there (<see cref="DiscoveryError.PeerUnreachable"/>); nothing was sent that could have been applied.
    /// </exception>
    ValueTask<NodeConnection> ConnectAsync(string host, int port, byte protocol, CancellationToken cancellationToken = default);
}
