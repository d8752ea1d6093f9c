using System.Net.Sockets;
using Discovery.Wire;

namespace Discovery.Transport;

/// <summary>Drives one connection after its hello: one loop reads, one writes, one watches whether the other side is still there.</summary>
/// <remarks>
/// All waits for the other side are counted in keep-alive times by one loop, and not in time: a process that was suspended has missed one
/// of them, not all, and so does not hold its own silence against others. Silence counts only while this side reads; a write counts only
/// while none of its bytes has been taken.
/// </remarks>
internal sealed class PeerConnection : IDisposable
{
    private const string Idle = "nobody has used it";

    private readonly NodeRuntime _runtime;
    private readonly Stream _stream;
    private readonly IFrameHandler _handler;
    private readonly SendQueue _queue;
    private readonly ConnectionLimits _limits;
    private readonly FrameReader _reader;
    private readonly FrameWriter _writer;
    private readonly TransportMetrics _metrics;
    private readonly CancellationTokenSource _ending = new();
    private string? _endReason;
    private bool _isReading;
    private bool _isWriting;
    private long _reads;
    private long _writes;
    private bool _mustShowLife;

    public PeerConnection(
        NodeRuntime runtime, Stream stream, IFrameHandler handler, SendQueue queue, ConnectionLimits limits, TransportMetrics metrics)
    {
        _runtime = runtime;
        _stream = stream;
        _handler = handler;
        _queue = queue;
        _limits = limits;
        _metrics = metrics;
        _reader = new FrameReader(limits.Options.MessageBytesMax, limits.Budget);
        _writer = new FrameWriter(queue, limits.Options.CompressFrom);
    }

    /// <summary>What the bytes come over, below what protects them; null where nobody asks for <see cref="HasUnread"/>.</summary>
    public Stream? Wire { get; init; }

    /// <summary>Whether the other side has sent something that was not handed on yet.</summary>
    public bool HasUnread => !Volatile.Read(ref _isReading) || UnreadBytes.AreIn(Wire);

    /// <summary>Why it has ended; null while it goes on.</summary>
    public string? EndReason => Volatile.Read(ref _endReason);

    /// <summary>Whether it has ended because nothing was to be sent for long.</summary>
    public bool WasIdle => ReferenceEquals(EndReason, Idle);

    /// <summary>Reads, writes and watches until one of them ends, or somebody ends it. The stream stays the caller's.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await using (cancellationToken.UnsafeRegister(static state => ((PeerConnection)state!).End("this server stops"), this))
        {
            await Task.WhenAll(GuardAsync(ReadAsync), GuardAsync(WriteAsync), GuardAsync(WatchAsync));
        }
    }

    /// <summary>Ends it; from any thread, and any number of times.</summary>
    public void End(string reason)
    {
        if (Interlocked.CompareExchange(ref _endReason, reason, null) is null)
        {
            _ending.Cancel();
        }
    }

    public void Dispose()
    {
        _reader.Dispose();
        _writer.Dispose();
    }

    private async Task GuardAsync(Func<CancellationToken, Task> loop)
    {
        try
        {
            await loop(_ending.Token);
        }
        catch (OperationCanceledException) when (_ending.IsCancellationRequested)
        {
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            End(e.Message);
        }
        catch (Exception e)
        {
            End(e.Message);
            throw;
        }
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            _isReading = true;
            int count = await _stream.ReadAsync(_reader.Free, cancellationToken);
            _isReading = false;
            if (count == 0)
            {
                End("the other side has closed the connection");
                return;
            }

            _reads++;
            _metrics.Received(count);
            _reader.Advance(count);
            while (_reader.TryRead(out FrameType type, out ReadOnlyMemory<byte> content))
            {
                if (type != FrameType.Alive && !await _handler.HandleAsync(type, content, cancellationToken))
                {
                    End($"the other side has sent a {type} that makes no sense here");
                    return;
                }
            }

            if (_reader.Failure is { } failure)
            {
                _metrics.Malformed();
                End($"the other side has sent {failure}");
                return;
            }
        }
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            ReadOnlyMemory<byte> bytes = Fill();
            if (bytes.IsEmpty)
            {
                await _queue.Filled.WaitAsync(cancellationToken);
                continue;
            }

            _isWriting = true;
            await _stream.WriteAsync(bytes, cancellationToken);
            _isWriting = false;
            _writes++;
            _metrics.Sent(bytes.Length);
            if (_writer.IsMidway)
            {
                // Whoever has added megabytes, in the middle of the log's turn perhaps, is not kept for all of them.
                await Task.Yield();
            }
        }
    }

    private ReadOnlyMemory<byte> Fill()
    {
        _writer.ShowsLife = _mustShowLife;
        _mustShowLife = false;
        return _writer.Fill();
    }

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        TransportOptions options = _limits.Options;
        (int Silent, int Stalled, int Idle) times = default;
        while (true)
        {
            (long reads, long writes, long added) = (_reads, _writes, _queue.Added);
            await Task.Delay(options.KeepAlive, _runtime.Time, cancellationToken);
            times.Silent = _isReading && _reads == reads ? times.Silent + 1 : 0;
            times.Stalled = _isWriting && _writes == writes ? times.Stalled + 1 : 0;
            times.Idle = _queue.Added == added && !_handler.IsWaiting ? times.Idle + 1 : 0;
            if (times.Silent >= options.SilentTimesMax)
            {
                End($"the other side was silent {times.Silent} times for {options.KeepAlive}");
            }
            else if (times.Stalled >= _limits.StalledTimesMax)
            {
                End($"the other side has taken nothing {times.Stalled} times for {options.KeepAlive}");
            }
            else if (times.Idle >= _limits.IdleTimesMax)
            {
                End(Idle);
            }
            else if (!_isWriting && _writes == writes)
            {
                _mustShowLife = true;
                _queue.Filled.Set();
            }
        }
    }
}
