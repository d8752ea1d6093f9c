namespace Discovery.Testing;

/// <summary>One direction of a <see cref="StreamPair"/>.</summary>
/// <param name="capacity">Bytes under way.</param>
/// <param name="pieceMax">The most bytes that one read returns.</param>
public sealed class StreamDirection(int capacity, int pieceMax)
{
    private readonly Lock _lock = new();
    private readonly Queue<byte> _bytes = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isEnded;
    private bool _isLost;

    /// <summary>Everything that was written, while set.</summary>
    public List<byte>? Log { get; set; }

    /// <summary>From now on what is written is taken and never arrives, as when the other machine has lost its power.</summary>
    public void Lose()
    {
        lock (_lock)
        {
            _isLost = true;
            _bytes.Clear();
            Change();
        }
    }

    internal void End()
    {
        lock (_lock)
        {
            _isEnded = true;
            Change();
        }
    }

    internal async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (_bytes.Count > 0)
                {
                    int count = Math.Min(Math.Min(buffer.Length, _bytes.Count), pieceMax);
                    for (int i = 0; i < count; i++)
                    {
                        buffer.Span[i] = _bytes.Dequeue();
                    }

                    Change();
                    return count;
                }

                if (_isEnded && !_isLost)
                {
                    return 0;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    internal async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (_isEnded)
                {
                    throw new IOException("The connection was closed.");
                }

                int room = _isLost ? buffer.Length : Math.Min(buffer.Length, capacity - _bytes.Count);
                foreach (byte one in buffer.Span[..room])
                {
                    Log?.Add(one);
                    if (!_isLost)
                    {
                        _bytes.Enqueue(one);
                    }
                }

                buffer = buffer[room..];
                Change();
                if (buffer.IsEmpty)
                {
                    return;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    private void Change()
    {
        TaskCompletionSource before = _changed;
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        before.TrySetResult();
    }
}
