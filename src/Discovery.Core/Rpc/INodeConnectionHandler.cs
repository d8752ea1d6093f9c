namespace Discovery;

/// <summary>Takes the connections to this node's RPC port that begin with its byte: how a package adds a protocol to the port.</summary>
/// <remarks>
/// Register it as a singleton before the node starts. Bytes 0 to 7 are Consul's, and 22 (0x16) begins a TLS handshake; two handlers of
/// one byte fail the start. Connections are handed over from when the port listens, which is before the log starts, until the node has
/// left. The other side of it is <see cref="INodeConnector"/>.
/// </remarks>
public interface INodeConnectionHandler
{
    /// <summary>The first byte of its connections: 8 to 255, and not 22.</summary>
    byte Protocol { get; }

    /// <summary>What the protocol is called in logs and metrics; a short word.</summary>
    string Name { get; }

    /// <summary>Serves one connection; it is closed when this ends.</summary>
    /// <remarks>
    /// Runs on the node's scheduler and awaits without <c>ConfigureAwait(false)</c>. Deadlines and limits are its own from here on.
    /// <see cref="IOException"/> and cancellation are how connections end; anything else it throws is logged.
    /// </remarks>
    /// <param name="connection">The connection, read up to and with its first byte.</param>
    /// <param name="cancellationToken">Cancelled when the node has left: after one more second the connection is cut.</param>
    Task HandleAsync(NodeConnection connection, CancellationToken cancellationToken);
}
