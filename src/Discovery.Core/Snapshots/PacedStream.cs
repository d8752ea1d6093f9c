namespace Discovery.Snapshots;

/// <summary>Another side that must go on: it has a time for each <see cref="PieceBytes"/> that it gives or takes.</summary>
internal sealed class PacedStream(Stream inner, TimeSpan stallTimeout, TimeProvider time) : Stream
{
    public const int PieceBytes = 64 * 1024;

    private readonly CancellationTokenSource _stalled = new(stallTimeout, time);
    private int _moved;
    private bool _discards;

    public override bool CanRead => inner.CanRead;

    public override bool CanSeek => false;

    public override bool CanWrite => inner.CanWrite;

    public override long Length => throw new NotSupportedException();

    /// <summary>How many bytes have been read.</summary>
    public long BytesRead { get; private set; }

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>What is written from now on goes nowhere.</summary>
    public void Discard() => _discards = true;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_stalled.Token, cancellationToken);
        try
        {
            int count = await inner.ReadAsync(buffer, either.Token);
            BytesRead += count;
            Move(count);
            return count;
        }
        catch (OperationCanceledException) when (_stalled.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw Stalled();
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_stalled.Token, cancellationToken);
        try
        {
            while (!buffer.IsEmpty && !_discards)
            {
                int count = Math.Min(PieceBytes, buffer.Length);
                await inner.WriteAsync(buffer[..count], either.Token);
                Move(count);
                buffer = buffer[count..];
            }
        }
        catch (OperationCanceledException) when (_stalled.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw Stalled();
        }
    }

    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (_discards)
        {
            return;
        }

        using var either = CancellationTokenSource.CreateLinkedTokenSource(_stalled.Token, cancellationToken);
        try
        {
            await inner.FlushAsync(either.Token);
        }
        catch (OperationCanceledException) when (_stalled.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw Stalled();
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush() => throw new NotSupportedException();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _stalled.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Move(int count)
    {
        _moved += count;
        if (_moved >= PieceBytes)
        {
            _moved = 0;
            _stalled.CancelAfter(stallTimeout);
        }
    }

    private DiscoveryException Stalled() => new(
        DiscoveryError.Overloaded,
        $"The other side moved less than {PieceBytes} bytes in {stallTimeout} (ClusterSnapshotOptions.StallTimeout).",
        WriteOutcome.NotApplied);
}
