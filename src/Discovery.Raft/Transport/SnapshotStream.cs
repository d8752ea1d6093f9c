using Discovery.Streams;

namespace Discovery.Transport;

/// <summary>A snapshot as it comes: who reads it waits for the connection, and the connection waits for who reads it.</summary>
/// <remarks>The end is told only once length and checksum are as the sender says; anything less is an <see cref="IOException"/>.</remarks>
internal sealed class SnapshotStream : ReadOnlyStream
{
    private readonly Lock _lock = new();
    private readonly AsyncSignal _filled = new();
    private readonly AsyncSignal _emptied = new();
    private ReadOnlyMemory<byte> _piece;
    private string? _failure;
    private bool _isWhole;
    private bool _isAbandoned;

    /// <summary>Whether it was read to its end, and the end was as it should be.</summary>
    public bool WasReadWhole { get; private set; }

    /// <summary>Hands a piece over; returns when it was read, or nobody reads any more.</summary>
    public async ValueTask PutAsync(ReadOnlyMemory<byte> piece, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _piece = piece;
        }

        _filled.Set();
        try
        {
            while (!IsTaken())
            {
                await _emptied.WaitAsync(cancellationToken);
            }
        }
        finally
        {
            // The memory is the connection's again.
            lock (_lock)
            {
                _piece = default;
            }
        }
    }

    /// <summary>Everything has come.</summary>
    public void Complete()
    {
        lock (_lock)
        {
            _isWhole = true;
        }

        _filled.Set();
    }

    /// <summary>The rest will not come. What is whole already stays so.</summary>
    public void Fail(string reason)
    {
        lock (_lock)
        {
            _failure ??= reason;
        }

        _filled.Set();
    }

    /// <summary>Nobody reads any more.</summary>
    public void Abandon()
    {
        lock (_lock)
        {
            _isAbandoned = true;
        }

        _emptied.Set();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (buffer.Length > 0)
        {
            if (Take(buffer.Span) is { } count)
            {
                _emptied.Set();
                return count;
            }

            await _filled.WaitAsync(cancellationToken);
        }

        return 0;
    }

    private bool IsTaken()
    {
        lock (_lock)
        {
            return _piece.IsEmpty || _isAbandoned;
        }
    }

    private int? Take(Span<byte> into)
    {
        lock (_lock)
        {
            if (!_piece.IsEmpty)
            {
                int count = Math.Min(into.Length, _piece.Length);
                _piece.Span[..count].CopyTo(into);
                _piece = _piece[count..];
                return count;
            }

            if (_isWhole)
            {
                WasReadWhole = true;
                return 0;
            }

            return _failure is null ? null : throw new IOException($"The snapshot did not come whole: {_failure}");
        }
    }
}
