using Discovery.Testing;

namespace Discovery.Snapshots;

/// <summary>Another side that gives a byte a second, and takes nothing.</summary>
internal sealed class DrippingStream(FakeTimeProvider time) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get; set; }

    public long Written { get; private set; }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        time.Advance(TimeSpan.FromSeconds(1));
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<int>(cancellationToken);
        }

        // What gzip skips for as long as it likes: a name in its header.
        byte[] begin = [0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 0];
        buffer.Span[0] = Position < begin.Length ? begin[Position] : (byte)'x';
        Position++;
        return ValueTask.FromResult(1);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        time.Advance(TimeSpan.FromMinutes(1));
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        Written += buffer.Length;
        return ValueTask.CompletedTask;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
