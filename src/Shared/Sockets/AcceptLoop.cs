using System.Net;
using System.Net.Sockets;

namespace Discovery.Sockets;

/// <summary>Listens at a TCP endpoint and hands over what connects, until it is disposed.</summary>
/// <remarks>
/// A connection that cannot be accepted is told and the next one is tried; only the loss of the listening socket ends the loop.
/// </remarks>
internal sealed class AcceptLoop : IAsyncDisposable
{
    private const int Backlog = 512;
    private static readonly TimeSpan s_retryDelay = TimeSpan.FromMilliseconds(100);

    private readonly NodeRuntime _runtime;
    private readonly Socket _socket;
    private readonly CancellationTokenSource _stopping = new();
    private readonly LogLimit _failures;
    private Task _accepting = Task.CompletedTask;

    /// <summary>Binds and listens.</summary>
    /// <exception cref="SocketException">The endpoint cannot be had.</exception>
    public AcceptLoop(NodeRuntime runtime, IPEndPoint endpoint)
    {
        _runtime = runtime;
        _failures = new LogLimit(runtime.Time);
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
    }

    /// <summary>Where it listens, with the real port.</summary>
    public IPEndPoint Endpoint { get; }

    /// <summary>What ended the loop before its time; null while it listens.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Takes a new connection; it does not wait.</summary>
    public required Action<Socket> Accepted { get; init; }

    /// <summary>Told, seldom, that a connection could not be accepted.</summary>
    public required Action<Exception> AcceptFailed { get; init; }

    /// <summary>Told that the loop has ended before its time.</summary>
    public required Action<Exception> Ended { get; init; }

    public void Start() => _accepting = _runtime.Start(AcceptAsync);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _socket.Dispose();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                Accepted(await _socket.AcceptAsync(_stopping.Token));
            }
            catch (Exception) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (ObjectDisposedException e)
            {
                Failure = e;
                Ended(e);
                return;
            }
            catch (Exception e)
            {
                if (_failures.ShouldLog(out _))
                {
                    AcceptFailed(e);
                }

                await Task.Delay(s_retryDelay, _runtime.Time);
            }
        }
    }
}
