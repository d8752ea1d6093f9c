using System.Net;
using System.Net.Sockets;
using Discovery.Answering;

namespace Discovery.Server;

/// <summary>Answers on one UDP socket, on a thread of its own.</summary>
/// <remarks>
/// A thread that blocks in the kernel answers from the packet's cache lines: no hand-over to the pool, no timer, no allocation, at
/// about half the time per query of an asynchronous receive. It is the only kind of thread that this package makes for itself; it runs
/// no code but this, and it never throws.
/// </remarks>
internal sealed class UdpListener : IDisposable
{
    private const int BufferBytes = 65_535;
    private const int KernelBufferBytes = 4 * 1024 * 1024;
    private const int FailuresMax = 1000;

    private readonly DnsEngine _engine;
    private readonly Socket _socket;
    private readonly QueryCounts _counts;
    private readonly DnsEngine.Seat _seat;
    private readonly Thread _thread;
    private volatile bool _isStopping;

    /// <summary>Binds the socket.</summary>
    /// <param name="engine">Answers.</param>
    /// <param name="endpoint">Where.</param>
    public UdpListener(DnsEngine engine, IPEndPoint endpoint)
    {
        _engine = engine;
        _socket = new Socket(endpoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            _socket.ReceiveBufferSize = KernelBufferBytes;
            _socket.Bind(endpoint);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }

        Endpoint = (IPEndPoint)_socket.LocalEndPoint!;
        _counts = engine.Metrics.Add("udp");
        _seat = engine.CreateSeat();
        _thread = new Thread(Run) { IsBackground = true, Name = $"dns {Endpoint}" };
    }

    public IPEndPoint Endpoint { get; }

    /// <summary>What ended the listener before its time; null while it listens.</summary>
    public Exception? Failure { get; private set; }

    public void Start() => _thread.Start();

    public void Dispose()
    {
        _isStopping = true;
        _socket.Dispose();
        if (_thread.IsAlive)
        {
            _thread.Join();
        }
    }

    /// <summary>Waits for one packet and answers it.</summary>
    /// <param name="buffer">Where packets are received.</param>
    /// <param name="client">Where the address of the client is received.</param>
    public void ServeOne(byte[] buffer, SocketAddress client)
    {
        int length = _socket.ReceiveFrom(buffer, SocketFlags.None, client);
        Answer(buffer.AsSpan(0, length), client);
    }

    private void Run()
    {
        byte[] packet = GC.AllocateUninitializedArray<byte>(BufferBytes, pinned: true);
        var client = new SocketAddress(Endpoint.AddressFamily);
        int failures = 0;
        while (!_isStopping)
        {
            try
            {
                ServeOne(packet, client);
                failures = 0;
            }
            catch (Exception) when (_isStopping)
            {
                return;
            }
            catch (SocketException e)
            {
                // A client that is gone, a full queue: not the end, unless nothing else comes any more.
                _counts.DroppedOne();
                if (++failures > FailuresMax)
                {
                    End(e);
                    return;
                }
            }
            catch (ObjectDisposedException e)
            {
                End(e);
                return;
            }
            catch (Exception e)
            {
                _counts.DroppedOne();
                _engine.Failed(e);
            }
        }
    }

    private void Answer(ReadOnlySpan<byte> packet, SocketAddress client)
    {
        AnswerRequest request = _engine.Request(isTcp: false, ClientAddress.IsNear(client));
        AnswerResult result = _seat.Worker.Answer(packet, _seat.Reply, request, _engine.Source.Settings);
        switch (result.Kind)
        {
            case AnswerKind.Silence:
                _counts.DroppedOne();
                break;
            case AnswerKind.Reply:
                _socket.SendTo(_seat.Reply.AsSpan(0, result.Length), SocketFlags.None, client);
                _counts.Replied(_seat.Worker.QuestionType, result.Rcode, result.IsTruncated);
                break;
            default:
                AnswerLater(packet, client, request, result);
                break;
        }
    }

    // Apart from the answers at once: what a lambda takes along is allocated where it is declared, asked or not.
    private void AnswerLater(ReadOnlySpan<byte> packet, SocketAddress client, AnswerRequest request, AnswerResult first)
    {
        var later = new SocketAddress(client.Family, client.Size);
        client.Buffer.Span[..client.Size].CopyTo(later.Buffer.Span);
        byte[] kept = packet.ToArray();
        ExternalName[] wanted = [.. _seat.Worker.Wanted];
        _ = _engine.Runtime.Start(() => AnswerLaterAsync(kept, later, request, first, wanted));
    }

    private async Task AnswerLaterAsync(
        byte[] packet, SocketAddress client, AnswerRequest request, AnswerResult first, ExternalName[] wanted)
    {
        try
        {
            byte[] reply = await _engine.CompleteAsync(packet, request, first, wanted, _counts);
            _socket.SendTo(reply, SocketFlags.None, client);
        }
        catch (Exception) when (_isStopping)
        {
            // Nobody waits for it any more.
        }
        catch (Exception e)
        {
            _counts.DroppedOne();
            _engine.Failed(e);
        }
    }

    private void End(Exception e)
    {
        Failure = e;
        Log.ListenerEnded(_engine.Logger, $"{Endpoint}/udp", e);
    }
}
