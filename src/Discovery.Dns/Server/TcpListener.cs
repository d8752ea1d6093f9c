using System.Net;
using System.Net.Sockets;
using Discovery.Sockets;

namespace Discovery.Server;

/// <summary>Accepts TCP connections, within limits: of all, and of one client. Whichever is idle longest there makes room.</summary>
internal sealed class TcpListener : IAsyncDisposable
{
    private readonly DnsEngine _engine;
    private readonly AcceptLoop _accepting;
    private readonly QueryCounts _counts;
    private readonly Lock _lock = new();
    private readonly HashSet<TcpConnection> _connections = [];

    /// <summary>Binds and listens.</summary>
    public TcpListener(DnsEngine engine, IPEndPoint endpoint)
    {
        _engine = engine;
        _accepting = new AcceptLoop(engine.Runtime, endpoint)
        {
            Accepted = Add,
            AcceptFailed = e => Log.AcceptFailed(engine.Logger, $"{Endpoint}/tcp", e),
            Ended = e => Log.ListenerEnded(engine.Logger, $"{Endpoint}/tcp", e),
        };
        _counts = engine.Metrics.Add("tcp");
    }

    public IPEndPoint Endpoint => _accepting.Endpoint;

    /// <summary>What ended the listener before its time; null while it listens.</summary>
    public Exception? Failure => _accepting.Failure;

    public int ConnectionCount
    {
        get
        {
            lock (_lock)
            {
                return _connections.Count;
            }
        }
    }

    public void Start() => _accepting.Start();

    public async ValueTask DisposeAsync()
    {
        await _accepting.DisposeAsync();
        Task[] left;
        lock (_lock)
        {
            left = [.. _connections.Select(static one => one.CloseAsync())];
        }

        await Task.WhenAll(left);
    }

    private void Add(Socket socket)
    {
        DnsOptions options = _engine.Source.AtStart;
        IPAddress client = ((IPEndPoint)socket.RemoteEndPoint!).Address;
        TcpConnection connection;
        TcpConnection? evicted = null;
        lock (_lock)
        {
            // All programs of this machine are one client: one of them that keeps its connections must not lock out the others.
            if (_connections.Count(one => one.Client.Equals(client)) >= options.TcpConnectionsPerClientMax)
            {
                evicted = _connections.Where(one => one.Client.Equals(client)).MinBy(static one => one.LastActive)!;
                _connections.Remove(evicted);
            }
            else if (_connections.Count >= options.TcpConnectionsMax)
            {
                evicted = _connections.MinBy(static one => one.LastActive)!;
                _connections.Remove(evicted);
            }

            connection = new TcpConnection(_engine, socket, client, _counts);
            _connections.Add(connection);
        }

        evicted?.Abort();
        _engine.Metrics.ConnectionsChanged(1);
        _ = _engine.Runtime.Start(() => ServeAsync(connection));
    }

    private async Task ServeAsync(TcpConnection connection)
    {
        try
        {
            await connection.ServeAsync();
        }
        catch (Exception e)
        {
            _engine.Failed(e);
        }

        lock (_lock)
        {
            _connections.Remove(connection);
        }

        _engine.Metrics.ConnectionsChanged(-1);
    }
}
