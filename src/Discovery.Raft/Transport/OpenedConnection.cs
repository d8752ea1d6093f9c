namespace Discovery.Transport;

/// <summary>A connection that this side has opened, after its hello.</summary>
internal sealed class OpenedConnection(NodeConnection connection, Stream stream, PeerAddress address) : IAsyncDisposable
{
    public Stream Stream => stream;

    public PeerAddress Address => address;

    public async ValueTask DisposeAsync()
    {
        await stream.DisposeAsync();
        await connection.DisposeAsync();
    }
}
