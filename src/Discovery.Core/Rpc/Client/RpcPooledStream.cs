namespace Discovery.Rpc;

/// <summary>A stream while one call uses it: given back whole, or cut off.</summary>
internal sealed class RpcPooledStream(RpcPeer peer, YamuxStream stream) : IDisposable
{
    private bool _isDone;

    public YamuxStream Stream => stream;

    /// <summary>The call is over and the stream as it was before: the next one may use it.</summary>
    public void Return()
    {
        _isDone = true;
        peer.Return(stream);
    }

    public void Dispose()
    {
        if (!_isDone)
        {
            _isDone = true;
            stream.Reset();
            stream.Dispose();
            peer.Release();
        }
    }
}
