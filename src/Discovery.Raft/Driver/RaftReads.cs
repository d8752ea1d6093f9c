using Discovery.Protocol;

namespace Discovery.Driver;

/// <summary>Reads that wait for an index to rely on. The driver's loop answers; callers may give up at any time.</summary>
internal sealed class RaftReads
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, TaskCompletionSource<ReadAnswer>> _waiting = [];
    private ulong _next;
    private bool _isClosed;

    /// <summary>Begins a read; the task ends with the answer.</summary>
    public (ulong Id, Task<ReadAnswer> Answer) Begin()
    {
        var waiter = new TaskCompletionSource<ReadAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            ulong id = ++_next;
            if (_isClosed)
            {
                waiter.SetResult(new ReadAnswer(id, IsReached: false, 0));
            }
            else
            {
                _waiting.Add(id, waiter);
            }

            return (id, waiter.Task);
        }
    }

    public void Answer(ReadAnswer answer) => Take(answer.Id)?.TrySetResult(answer);

    /// <summary>Nobody waits for it any more.</summary>
    public void GiveUp(ulong id) => Take(id);

    public void Close()
    {
        KeyValuePair<ulong, TaskCompletionSource<ReadAnswer>>[] left;
        lock (_lock)
        {
            _isClosed = true;
            left = [.. _waiting.OrderBy(static waiting => waiting.Key)];
            _waiting.Clear();
        }

        foreach ((ulong id, TaskCompletionSource<ReadAnswer> waiter) in left)
        {
            waiter.TrySetResult(new ReadAnswer(id, IsReached: false, 0));
        }
    }

    private TaskCompletionSource<ReadAnswer>? Take(ulong id)
    {
        lock (_lock)
        {
            return _waiting.Remove(id, out TaskCompletionSource<ReadAnswer>? waiter) ? waiter : null;
        }
    }
}
