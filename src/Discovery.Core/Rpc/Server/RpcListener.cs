using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using Discovery.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Discovery.Rpc;

/// <summary>The node's one port: accepts connections, within limits, and hands each to the protocol that its first byte selects.</summary>
internal sealed class RpcListener : IRpcServer, IDisposable
{
    private static readonly TimeSpan s_partingTime = TimeSpan.FromSeconds(1);

    private readonly NodeRuntime _runtime;
    private readonly RpcOptions _options;
    private readonly int _port;
    private readonly Func<ConnectionHandlers> _makeHandlers;
    private readonly ILogger _logger;
    private readonly UpDownCounter<long> _served;
    private readonly Lock _lock = new();
    private readonly Dictionary<NodeConnection, Task> _connections = [];
    private readonly Dictionary<IPAddress, int> _perClient = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly LogLimit _unknown;
    private readonly LogLimit _silent;
    private readonly LogLimit _refused;
    private readonly LogLimit _failed;
    private ConnectionHandlers? _handlers;
    private AcceptLoop? _accepting;
    private Task? _stopped;

    public RpcListener(
        NodeRuntime runtime,
        (RpcOptions Rpc, NodeOptions Node) options,
        Func<ConnectionHandlers> handlers,
        IMeterFactory meters,
        ILogger<RpcListener> logger)
    {
        _runtime = runtime;
        _options = options.Rpc;
        _port = options.Rpc.Port ?? options.Node.ServerPort;
        _makeHandlers = handlers;
        _logger = logger;
        _served = meters.Create("Discovery.Core").CreateUpDownCounter<long>(
            "discovery.core.rpc.connections", "{connection}", "Connections of other nodes that are served now, by protocol.");
        _unknown = new LogLimit(runtime.Time);
        _silent = new LogLimit(runtime.Time);
        _refused = new LogLimit(runtime.Time);
        _failed = new LogLimit(runtime.Time);
    }

    public IPEndPoint? Endpoint { get; private set; }

    /// <summary>What ended the listener before its time; null while it listens.</summary>
    public Exception? Failure => _accepting?.Failure;

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

    /// <summary>Listens; connections are served from here on.</summary>
    /// <exception cref="InvalidOperationException">The port is taken; the message names the options.</exception>
    public void Start()
    {
        _handlers = _makeHandlers();
        var endpoint = new IPEndPoint(IPAddress.Parse(_options.Address), _port);
        try
        {
            _accepting = new AcceptLoop(_runtime, endpoint)
            {
                Accepted = socket => Accept(socket),
                AcceptFailed = e => Log.AcceptFailed(_logger, endpoint, e),
                Ended = e => Log.ListenerEnded(_logger, endpoint, e),
            };
        }
        catch (SocketException e)
        {
            string port = _options.Port is null ? "Discovery:Node:ServerPort" : "Discovery:Rpc:Port";
            throw new InvalidOperationException(
                $"The RPC server cannot listen on {endpoint} ({e.SocketErrorCode}): {e.Message}. "
                + $"Choose another port with {port}, or another address with Discovery:Rpc:Address.",
                e);
        }

        Endpoint = _accepting.Endpoint;
        _accepting.Start();
        Log.Listening(_logger, Endpoint);
    }

    /// <summary>Ends all connections; each may say goodbye within a second.</summary>
    public Task StopAsync()
    {
        lock (_lock)
        {
            return _stopped ??= _runtime.Start(StopOnceAsync);
        }
    }

    /// <summary>A start that failed half way leaves no port taken.</summary>
    public void Dispose() => _ = StopAsync();

    private async Task StopOnceAsync()
    {
        if (_accepting is { } accepting)
        {
            await accepting.DisposeAsync();
        }

        Endpoint = null;
        await _stopping.CancelAsync();
        KeyValuePair<NodeConnection, Task>[] left;
        lock (_lock)
        {
            left = [.. _connections];
        }

        Task ended = Task.WhenAll(left.Select(static one => one.Value));
        try
        {
            await ended.WaitAsync(s_partingTime, _runtime.Time);
        }
        catch (TimeoutException)
        {
            foreach ((NodeConnection connection, Task _) in left)
            {
                connection.Abort();
            }

            await ended;
        }
    }

    private void Accept(Socket socket)
    {
        NodeConnection connection;
        try
        {
            RpcSockets.Configure(socket);
            connection = RpcSockets.Wrap(socket);
        }
        catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException)
        {
            // Gone before it was looked at.
            socket.Dispose();
            return;
        }

        (string Option, int Limit)? over;
        lock (_lock)
        {
            over = Admit(connection.Remote.Address);
            if (over is null)
            {
                // Under the lock, so that the connection is listed before its end can take it out.
                _connections.Add(connection, _runtime.Start(() => ServeAsync(connection)));
            }
        }

        if (over is { } limit)
        {
            if (_refused.ShouldLog(out long count))
            {
                Log.TooManyConnections(_logger, connection.Remote, limit.Option, limit.Limit, count);
            }

            connection.Stream.Dispose();
        }
    }

    private (string Option, int Limit)? Admit(IPAddress client)
    {
        if (_connections.Count >= _options.ConnectionsMax)
        {
            return ("RpcOptions.ConnectionsMax", _options.ConnectionsMax);
        }

        int own = _perClient.GetValueOrDefault(client);
        if (own >= _options.ConnectionsPerClientMax)
        {
            return ("RpcOptions.ConnectionsPerClientMax", _options.ConnectionsPerClientMax);
        }

        _perClient[client] = own + 1;
        return null;
    }

    private void Release(NodeConnection connection)
    {
        lock (_lock)
        {
            _connections.Remove(connection);
            IPAddress client = connection.Remote.Address;
            int left = _perClient[client] - 1;
            if (left > 0)
            {
                _perClient[client] = left;
            }
            else
            {
                _perClient.Remove(client);
            }
        }
    }

    private async Task ServeAsync(NodeConnection connection)
    {
        string protocol = "none";
        try
        {
            if (await SelectAsync(connection) is { } handler)
            {
                protocol = handler.Name;
                var tag = new KeyValuePair<string, object?>("protocol", protocol);
                _served.Add(1, tag);
                try
                {
                    await handler.HandleAsync(connection, _stopping.Token);
                }
                finally
                {
                    _served.Add(-1, tag);
                }
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The other side is gone or too slow, or the node stops.
        }
        catch (Exception e)
        {
            if (_failed.ShouldLog(out long count))
            {
                Log.ConnectionFailed(_logger, protocol, count, e);
            }
        }
        finally
        {
            // First: who sees that his connection was closed can open another one.
            Release(connection);
            await connection.DisposeAsync();
        }
    }

    private async Task<INodeConnectionHandler?> SelectAsync(NodeConnection connection)
    {
        byte[] first = new byte[1];
        using var deadline = new CancellationTokenSource(_options.HandshakeTimeout, _runtime.Time);
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, _stopping.Token);
        try
        {
            if (await connection.Stream.ReadAsync(first, bound.Token) == 0)
            {
                return null;
            }
        }
        catch (OperationCanceledException) when (!_stopping.IsCancellationRequested)
        {
            if (_silent.ShouldLog(out long silent))
            {
                Log.HandshakeTimedOut(_logger, connection.Remote, _options.HandshakeTimeout, silent);
            }

            return null;
        }

        INodeConnectionHandler? handler = _handlers!.Find(first[0]);
        if (handler is null && _unknown.ShouldLog(out long count))
        {
            Log.UnknownProtocol(_logger, connection.Remote, first[0], ConnectionHandlers.MeaningOf(first[0]), count);
        }

        return handler;
    }
}
