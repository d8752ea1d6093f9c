using Discovery.Protocol;

namespace Discovery.Transport;

/// <summary>Turns every bit of a connection around: enough to see that a wrapped stream is used on both sides.</summary>
internal sealed class XorSecurity : ITransportSecurity
{
    public string? Refusal { get; init; }

    /// <summary>What a server waits for before it reads.</summary>
    public Task MayRead { get; set; } = Task.CompletedTask;

    public ValueTask<Stream> AsClientAsync(Stream stream, VoterId peer, PeerAddress address, CancellationToken cancellationToken) =>
        Refusal is null
            ? ValueTask.FromResult<Stream>(new XorStream(stream, static () => Task.CompletedTask))
            : throw new IOException(Refusal);

    public ValueTask<Stream> AsServerAsync(Stream stream, CancellationToken cancellationToken) =>
        ValueTask.FromResult<Stream>(new XorStream(stream, () => MayRead));

    private sealed class XorStream(Stream inner, Func<Task> mayRead) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await mayRead().WaitAsync(cancellationToken);
            int count = await inner.ReadAsync(buffer, cancellationToken);
            Turn(buffer.Span[..count]);
            return count;
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            byte[] turned = buffer.ToArray();
            Turn(turned);
            await inner.WriteAsync(turned, cancellationToken);
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            inner.Dispose();
            base.Dispose(disposing);
        }

        private static void Turn(Span<byte> bytes)
        {
            foreach (ref byte one in bytes)
            {
                one ^= 0xFF;
            }
        }
    }
}
