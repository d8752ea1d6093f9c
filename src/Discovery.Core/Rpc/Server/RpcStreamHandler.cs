namespace Discovery.Rpc;

/// <summary>Byte 0: the connection is one stream of calls.</summary>
internal sealed class RpcStreamHandler(RpcService service) : INodeConnectionHandler
{
    public byte Protocol => 0;

    public string Name => "rpc";

    public Task HandleAsync(NodeConnection connection, CancellationToken cancellationToken) =>
        service.ServeAsync(connection.Stream, connection.Remote.Address, cancellationToken);
}
