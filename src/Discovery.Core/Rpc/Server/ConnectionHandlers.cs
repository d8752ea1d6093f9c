namespace Discovery.Rpc;

/// <summary>Who takes a connection, by its first byte.</summary>
internal sealed class ConnectionHandlers
{
    private const byte ConsulMax = 7;
    private const byte TlsHandshake = 0x16;

    private readonly INodeConnectionHandler?[] _byProtocol = new INodeConnectionHandler?[byte.MaxValue + 1];

    /// <exception cref="InvalidOperationException">A handler wants a byte that is taken.</exception>
    public ConnectionHandlers(IEnumerable<INodeConnectionHandler> added, params IEnumerable<INodeConnectionHandler> consul)
    {
        foreach (INodeConnectionHandler handler in consul)
        {
            _byProtocol[handler.Protocol] = handler;
        }

        foreach (INodeConnectionHandler handler in added)
        {
            byte protocol = handler.Protocol;
            if (protocol is <= ConsulMax or TlsHandshake)
            {
                throw new InvalidOperationException(
                    $"{handler.GetType()} wants connections that begin with byte {protocol}, which means {MeaningOf(protocol)}.");
            }

            if (_byProtocol[protocol] is { } other)
            {
                throw new InvalidOperationException(
                    $"{handler.GetType()} and {other.GetType()} both want connections that begin with byte {protocol}.");
            }

            _byProtocol[protocol] = handler;
        }
    }

    public INodeConnectionHandler? Find(byte protocol) => _byProtocol[protocol];

    /// <summary>What a byte means to somebody, for messages.</summary>
    public static string MeaningOf(byte protocol) => protocol switch
    {
        0 => "a single stream of Consul's RPC",
        1 => "Consul's Raft",
        2 => "an early form of Consul's RPC",
        3 => "TLS in Consul's way",
        4 => "Consul's RPC over yamux",
        5 => "a snapshot of Consul",
        6 => "Consul Enterprise's gossip",
        ConsulMax => "TLS in Consul's way without a client certificate",
        TlsHandshake => "a TLS handshake",
        _ => "nothing to this node",
    };
}
