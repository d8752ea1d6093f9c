using Discovery.Streams;

namespace Discovery.State.Snapshots;

/// <summary>A state as the stream of its snapshot, made while it is read: one block of it is held at a time.</summary>
internal sealed class StateStream : ReadOnlyStream
{
    private readonly SnapshotWriter _writer;
    private readonly IEnumerator<ReadOnlyMemory<byte>> _pieces;
    private ReadOnlyMemory<byte> _left;
    private bool _isDisposed;

    public StateStream(StateSnapshot snapshot)
    {
        _writer = new SnapshotWriter(snapshot);
        _pieces = _writer.Pieces().GetEnumerator();
    }

    public override int Read(Span<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        while (_left.IsEmpty)
        {
            if (!_pieces.MoveNext())
            {
                return 0;
            }

            _left = _pieces.Current;
        }

        int count = Math.Min(buffer.Length, _left.Length);
        _left.Span[..count].CopyTo(buffer);
        _left = _left[count..];
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_isDisposed)
        {
            _isDisposed = true;
            _left = default;
            _pieces.Dispose();
            _writer.Dispose();
        }

        base.Dispose(disposing);
    }
}
