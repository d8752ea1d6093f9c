namespace Discovery.Rpc;

/// <summary>A stream of a session. One reader and one writer at a time.</summary>
internal sealed class YamuxStream : Stream
{
    private readonly YamuxConnection _connection;

    public YamuxStream(YamuxConnection connection, YamuxStreamState state)
    {
        _connection = connection;
        State = state;
        state.Owner = this;
    }

    public YamuxStreamState State { get; }

    public AsyncSignal Readable { get; } = new();

    public AsyncSignal Writable { get; } = new();

    /// <summary>Under the connection's lock: it is in the queue for room, and has not been given any.</summary>
    public bool IsWaitingForRoom { get; set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Whether both sides may go on, and nothing is left to be read: a call may use it.</summary>
    public bool IsUsable => _connection.IsUsable(this);

    /// <summary>Reads what is there, or waits for some; 0 when the peer has said that he writes no more.</summary>
    /// <exception cref="IOException">The stream was reset, or the session has ended.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_connection.TryRead(this, buffer.Span, out int count))
            {
                return count;
            }

            await Readable.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Writes all of it, as fast as the peer reads.</summary>
    /// <exception cref="IOException">The stream was reset, the session has ended, or the peer reads nothing for too long.</exception>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int count = _connection.Write(this, buffer.Span);
            buffer = buffer[count..];
            if (count == 0)
            {
                await WaitToWriteAsync(cancellationToken);
            }
        }
    }

    /// <summary>Says that nothing more is written.</summary>
    public void CompleteWriting() => _connection.Change(this, static (session, state) => session.CloseWrite(state));

    /// <summary>Cuts the stream off.</summary>
    public void Reset() => _connection.Change(this, static (session, state) => session.Reset(state));

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Streams are read asynchronously.");

    public override void Write(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("Streams are written asynchronously.");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _connection.Change(this, static (session, state) => session.Abandon(state));
        }

        base.Dispose(disposing);
    }

    private async ValueTask WaitToWriteAsync(CancellationToken cancellationToken)
    {
        TimeSpan stall = _connection.Times.Stall;
        using var deadline = new CancellationTokenSource(stall, _connection.Runtime.Time);
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            await Writable.WaitAsync(bound.Token);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            _connection.StopWaiting(this);
            throw;
        }
        catch (OperationCanceledException)
        {
            _connection.StopWaiting(this);
            Reset();
            throw new IOException($"The stream was reset: the peer has read nothing of it for {stall}");
        }
    }
}
