using System.Net;
using Microsoft.Extensions.Options;

namespace Discovery.Rpc;

/// <summary>One session per server, opened when it is needed and closed when nobody has used it for a while.</summary>
internal sealed class RpcConnectionPool(NodeRuntime runtime, INodeConnector connector, IOptions<RpcOptions> options)
    : IAsyncDisposable, IDisposable
{
    private const byte Yamux = 4;

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Host, int Port), RpcPeer> _peers = [];
    private bool _isDisposed;

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _peers.Count;
            }
        }
    }

    /// <summary>A stream of a server's session.</summary>
    /// <exception cref="DiscoveryException">The server is not reached.</exception>
    public async ValueTask<RpcPooledStream> RentAsync(DnsEndPoint server, CancellationToken cancellationToken)
    {
        while (true)
        {
            RpcPeer peer = PeerOf(server);
            if (await peer.RentAsync(cancellationToken) is { } stream)
            {
                return stream;
            }

            // Its session goes: the next one is opened.
            await RemoveAsync(server, peer);
        }
    }

    /// <summary>Ends all sessions without waiting for them.</summary>
    public void Dispose() => _ = DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        RpcPeer[] left;
        lock (_lock)
        {
            _isDisposed = true;
            left = [.. _peers.Values];
            _peers.Clear();
        }

        foreach (RpcPeer peer in left)
        {
            await peer.DisposeAsync();
        }
    }

    private RpcPeer PeerOf(DnsEndPoint server)
    {
        lock (_lock)
        {
            if (_isDisposed)
            {
                throw new DiscoveryException(DiscoveryError.Stopped, "The node is stopping.");
            }

            if (!_peers.TryGetValue((server.Host, server.Port), out RpcPeer? peer))
            {
                peer = new RpcPeer(runtime, () => OpenAsync(server), options.Value);
                peer.Idle = () => _ = runtime.Start(() => RemoveAsync(server, peer));
                _peers.Add((server.Host, server.Port), peer);
            }

            return peer;
        }
    }

    private async Task RemoveAsync(DnsEndPoint server, RpcPeer peer)
    {
        lock (_lock)
        {
            if (_peers.TryGetValue((server.Host, server.Port), out RpcPeer? known) && ReferenceEquals(known, peer))
            {
                _peers.Remove((server.Host, server.Port));
            }
        }

        await peer.DisposeAsync();
    }

    private async Task<YamuxConnection> OpenAsync(DnsEndPoint server)
    {
        NodeConnection connection = await connector.ConnectAsync(server.Host, server.Port, Yamux);
        var limits = new YamuxLimits { UnreadBytesMax = options.Value.ConnectionBytesMax };
        var session = new YamuxConnection(runtime, connection, isClient: true, limits);
        session.Start();
        return session;
    }
}
