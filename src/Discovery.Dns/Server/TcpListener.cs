using System.Net;
using System.Net.Sockets;

namespace Discovery.Server;

/// <summary>Accepts TCP connections, within limits: of all, and of one client. Whichever is idle longest there makes room.</summary>
internal sealed class TcpListener : IAsyncDisposable
{
    private const int Backlog = 512;
    private static readonly TimeSpan s_retryDelay = TimeSpan.FromMilliseconds(100);

    private readonly DnsEngine _engine;
    private readonly Socket _socket;
    private readonly QueryCounts _counts;
    private readonly Lock _lock = new();
    private readonly HashSet<TcpConnection> _connections = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly LogLimit _acceptFailures;
    private Task _accepting = Task.CompletedTask;

    /// <summary>Binds and listens.</summary>
    public TcpListener(DnsEngine engine, IPEndPoint endpoint)
    {
        _engine = engine;
        _acceptFailures = new LogLimit(engine.Runtime.Time);
        _socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            _socket.Bind(endpoint);
            _socket.Listen(Backlog);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }

        Endpoint = (IPEndPoint)_socket.LocalEndPoint!;
        _counts = engine.Metrics.Add("tcp");
    }

    public IPEndPoint Endpoint { get; }

    /// <summary>What ended the listener before its time; null while it listens.</summary>
    public Exception? Failure { get; private set; }

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

    public void Start() => _accepting = _engine.Runtime.Start(AcceptAsync);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _socket.Dispose();
        await _accepting;
        Task[] left;
        lock (_lock)
        {
            left = [.. _connections.Select(static one => one.CloseAsync())];
        }

        await Task.WhenAll(left);
    }

    private async Task AcceptAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                Add(await _socket.AcceptAsync(_stopping.Token));
            }
            catch (Exception) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (ObjectDisposedException e)
            {
                Failure = e;
                Log.ListenerEnded(_engine.Logger, $"{Endpoint}/tcp", e);
                return;
            }
            catch (Exception e)
            {
                if (_acceptFailures.ShouldLog(out _))
                {
                    Log.AcceptFailed(_engine.Logger, $"{Endpoint}/tcp", e);
                }

                await Task.Delay(s_retryDelay, _engine.Runtime.Time);
            }
        }
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
