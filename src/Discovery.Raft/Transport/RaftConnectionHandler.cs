namespace Discovery.Transport;

/// <summary>Takes the connections of other servers off the node's RPC port, from before the log is open until after it is closed.</summary>
internal sealed class RaftConnectionHandler : INodeConnectionHandler
{
    private RaftTransport? _transport;

    public byte Protocol => PeerDialer.Protocol;

    public string Name => "raft";

    /// <summary>The transport of the log that is open; null while none is: then connections are closed, and the peers come again.</summary>
    public RaftTransport? Transport
    {
        get => Volatile.Read(ref _transport);
        set => Volatile.Write(ref _transport, value);
    }

    public Task HandleAsync(NodeConnection connection, CancellationToken cancellationToken) =>
        Transport?.ServeAsync(connection, cancellationToken) ?? Task.CompletedTask;
}
