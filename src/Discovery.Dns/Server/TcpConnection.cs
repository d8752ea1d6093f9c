using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Discovery.Answering;

namespace Discovery.Server;

/// <summary>One TCP connection (RFC 7766): queries with two bytes of length before each, answered as they come.</summary>
/// <remarks>
/// A query has a deadline as a whole, so that a client cannot hold the connection by one byte at a time; so has taking a reply. Queries
/// that wait for recursors do not hold up the others; how many do is limited, and the connection is not read beyond that.
/// </remarks>
internal sealed class TcpConnection
{
    private const int FirstBufferBytes = 512;

    private readonly DnsEngine _engine;
    private readonly Socket _socket;
    private readonly QueryCounts _counts;
    private readonly DnsOptions _options;
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly SemaphoreSlim _slots;
    private readonly CancellationTokenSource _closing = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private byte[] _buffer = new byte[FirstBufferBytes];
    private int _filled;

    public TcpConnection(DnsEngine engine, Socket socket, IPAddress client, QueryCounts counts)
    {
        _engine = engine;
        _socket = socket;
        _counts = counts;
        _options = engine.Source.AtStart;
        _slots = new SemaphoreSlim(_options.TcpQueriesMax, _options.TcpQueriesMax);
        Client = client;
        LastActive = engine.Runtime.Time.GetTimestamp();
        socket.NoDelay = true;
    }

    public IPAddress Client { get; }

    /// <summary>When the last query came, as a timestamp.</summary>
    public long LastActive { get; private set; }

    /// <summary>Ends the connection without waiting.</summary>
    public void Abort() => _closing.Cancel();

    /// <summary>Ends the connection and waits for it.</summary>
    public Task CloseAsync()
    {
        Abort();
        return _ended.Task;
    }

    /// <summary>Answers until the client goes, is idle or does wrong.</summary>
    public async Task ServeAsync()
    {
        try
        {
            // A client that has just connected is to ask at once; later it may take its time.
            TimeSpan patience = _options.TcpMessageTimeout;
            while (await ReadAsync(patience) is { } packet)
            {
                LastActive = _engine.Runtime.Time.GetTimestamp();
                await _slots.WaitAsync(_closing.Token);
                await AnswerAsync(packet);
                patience = _options.TcpIdleTimeout;
            }

            await DrainAsync();
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The client is gone or too slow, or the server stops.
        }
        finally
        {
            _socket.Dispose();
            _ended.TrySetResult();
        }
    }

    // A whole query; null when the client has gone, or has sent what is no query.
    private async Task<byte[]?> ReadAsync(TimeSpan patience)
    {
        if (_filled == 0 && !await FillAsync(1, patience))
        {
            return null;
        }

        using var bound = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token);
        using ITimer timer = _engine.Runtime.Time.CreateTimer(
            static state => ((CancellationTokenSource)state!).Cancel(), bound, _options.TcpMessageTimeout, Timeout.InfiniteTimeSpan);
        if (!await FillAsync(2, bound.Token))
        {
            return null;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(_buffer);
        if (length < Wire.DnsQuery.HeaderBytes || length > _options.TcpQueryBytesMax)
        {
            _counts.DroppedOne();
            return null;
        }

        if (!await FillAsync(2 + length, bound.Token))
        {
            return null;
        }

        byte[] packet = _buffer[2..(2 + length)];
        _filled -= 2 + length;
        _buffer.AsSpan(2 + length, _filled).CopyTo(_buffer);
        return packet;
    }

    private async Task<bool> FillAsync(int wanted, TimeSpan patience)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token);
        using ITimer timer = _engine.Runtime.Time.CreateTimer(
            static state => ((CancellationTokenSource)state!).Cancel(), bound, patience, Timeout.InfiniteTimeSpan);
        return await FillAsync(wanted, bound.Token);
    }

    private async Task<bool> FillAsync(int wanted, CancellationToken cancellationToken)
    {
        if (_buffer.Length < wanted)
        {
            Array.Resize(ref _buffer, wanted);
        }

        while (_filled < wanted)
        {
            int received = await _socket.ReceiveAsync(_buffer.AsMemory(_filled), SocketFlags.None, cancellationToken);
            if (received == 0)
            {
                return false;
            }

            _filled += received;
        }

        return true;
    }

    private async Task AnswerAsync(byte[] packet)
    {
        AnswerRequest request = _engine.Request(isTcp: true, isNear: true);
        DnsEngine.Seat seat = _engine.Rent();
        AnswerResult result;
        byte[] reply;
        ExternalName[] wanted;
        try
        {
            result = seat.Worker.Answer(packet, seat.Reply, request, _engine.Source.Settings);
            reply = Frame(seat.Reply.AsSpan(0, result.Length));
            wanted = [.. seat.Worker.Wanted];
            if (result.Kind == AnswerKind.Reply)
            {
                _counts.Replied(seat.Worker.QuestionType, result.Rcode, result.IsTruncated);
            }
        }
        finally
        {
            _engine.Return(seat);
        }

        switch (result.Kind)
        {
            case AnswerKind.Reply:
                await SendAsync(reply);
                _slots.Release();
                break;
            case AnswerKind.Silence:
                _counts.DroppedOne();
                _slots.Release();
                break;
            default:
                _ = _engine.Runtime.Start(() => AnswerLaterAsync(packet, request, result, wanted));
                break;
        }
    }

    private async Task AnswerLaterAsync(byte[] packet, AnswerRequest request, AnswerResult first, ExternalName[] wanted)
    {
        try
        {
            await SendAsync(Frame(await _engine.CompleteAsync(packet, request, first, wanted, _counts)));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            Abort();
        }
        catch (Exception e)
        {
            _engine.Failed(e);
            Abort();
        }
        finally
        {
            _slots.Release();
        }
    }

    private static byte[] Frame(ReadOnlySpan<byte> reply)
    {
        byte[] framed = new byte[2 + reply.Length];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)reply.Length);
        reply.CopyTo(framed.AsSpan(2));
        return framed;
    }

    private async Task SendAsync(byte[] framed)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token);
        using ITimer timer = _engine.Runtime.Time.CreateTimer(
            static state => ((CancellationTokenSource)state!).Cancel(), bound, _options.TcpMessageTimeout, Timeout.InfiniteTimeSpan);
        await _writing.WaitAsync(bound.Token);
        try
        {
            for (int sent = 0; sent < framed.Length;)
            {
                sent += await _socket.SendAsync(framed.AsMemory(sent), SocketFlags.None, bound.Token);
            }
        }
        finally
        {
            _writing.Release();
        }
    }

    // What still waits for recursors is sent before the connection is closed.
    private async Task DrainAsync()
    {
        for (int i = 0; i < _options.TcpQueriesMax; i++)
        {
            await _slots.WaitAsync(_closing.Token);
        }

        _socket.Shutdown(SocketShutdown.Both);
    }
}
