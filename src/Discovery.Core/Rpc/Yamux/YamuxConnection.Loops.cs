using System.Buffers;
using Discovery.Wire;

namespace Discovery.Rpc;

/// <content>The loops: one reads, one writes, one pings.</content>
internal sealed partial class YamuxConnection
{
    private async Task GuardAsync(Func<CancellationToken, Task> loop)
    {
        try
        {
            await loop(_ending.Token);
        }
        catch (OperationCanceledException) when (_ending.IsCancellationRequested)
        {
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
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
        byte[] buffer = ArrayPool<byte>.Shared.Rent(ReadBytes);
        try
        {
            while (await _connection.Stream.ReadAsync(buffer, cancellationToken) is var count and > 0)
            {
                if (!Receive(buffer.AsSpan(0, count)))
                {
                    return;
                }

                while (IsFull())
                {
                    await _sent.WaitAsync(cancellationToken);
                }
            }

            End(ClosedThere);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private bool Receive(ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            bool goesOn = _session.Receive(bytes);
            if (!goesOn)
            {
                // What was written last says why.
                _isClosing = true;
            }

            _unsent.Set();
            Wake();
            return goesOn;
        }
    }

    private bool IsFull()
    {
        lock (_lock)
        {
            return _session.Output.WrittenCount > UnsentBytesPause;
        }
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await _unsent.WaitAsync(cancellationToken);
            while (TakeUnsent() is { } unsent)
            {
                for (int sent = 0; sent < unsent.WrittenCount;)
                {
                    ReadOnlyMemory<byte> part = unsent.WrittenMemory[sent..];
                    part = part[..Math.Min(part.Length, YamuxLimits.FrameBytesMax)];
                    await SendAsync(part, cancellationToken);
                    sent += part.Length;
                }

                unsent.Reset(BufferBytesKept);
                Sent();
            }

            if (IsFlushed())
            {
                _flushed.TrySetResult();
                End(ClosedHere);
                return;
            }
        }
    }

    private async Task SendAsync(ReadOnlyMemory<byte> part, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(_times.Patience, _runtime.Time);
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            await _connection.Stream.WriteAsync(part, bound.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"the peer has taken nothing for {_times.Patience}");
        }
    }

    private WireBuffer? TakeUnsent()
    {
        lock (_lock)
        {
            if (_session.Output.WrittenCount == 0)
            {
                return null;
            }

            (_session.Output, _sending) = (_sending, _session.Output);
            return _sending;
        }
    }

    private void Sent()
    {
        lock (_lock)
        {
            GiveRoom();
            _sent.Set();
        }
    }

    // Under the lock. Streams that wait for room go on in the order in which they came, as many as there is room for.
    private void GiveRoom()
    {
        int room = RoomFrames;
        while (room > 0 && _waitingForRoom.TryDequeue(out YamuxStream? stream))
        {
            if (stream.IsWaitingForRoom)
            {
                stream.IsWaitingForRoom = false;
                stream.Writable.Set();
                room--;
            }
        }
    }

    private bool IsFlushed()
    {
        lock (_lock)
        {
            return _isClosing && _session.Output.WrittenCount == 0;
        }
    }

    private async Task KeepAliveAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(_times.Keepalive, _runtime.Time, cancellationToken);
            lock (_lock)
            {
                _session.Ping();
                _unsent.Set();
            }

            using var deadline = new CancellationTokenSource(_times.Patience, _runtime.Time);
            using var bound = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
            try
            {
                while (IsUnanswered())
                {
                    await _answered.WaitAsync(bound.Token);
                }
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                End($"the peer has not answered a ping within {_times.Patience}");
                return;
            }
        }
    }

    private bool IsUnanswered()
    {
        lock (_lock)
        {
            return _session.UnansweredPings > 0;
        }
    }
}
