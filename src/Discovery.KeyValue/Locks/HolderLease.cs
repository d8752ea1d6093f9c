using Microsoft.Extensions.Logging;

namespace Discovery.Locks;

/// <summary>
/// The holder's own count of his lease: by his monotonic clock, from when he sent the renewal, and a margin shorter than the leader's.
/// </summary>
internal sealed class HolderLease : IDisposable
{
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly TimeSpan _length;
    private readonly CancellationTokenSource _lost = new();
    private readonly ITimer _timer;
    private long _validFrom;
    private int _isOver;

    /// <summary>Begins at <paramref name="sentAt"/>, a timestamp of the clock.</summary>
    public HolderLease(TimeProvider time, LockOptions options, long sentAt, ILogger logger)
    {
        _time = time;
        _logger = logger;
        _length = options.Lease - options.Margin;
        _validFrom = sentAt;
        LostToken = _lost.Token;
        _timer = time.CreateTimer(static state => ((HolderLease)state!).Check(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Check();
    }

    public CancellationToken LostToken { get; }

    /// <summary>How long it lasts without another renewal; not positive when it is over.</summary>
    public TimeSpan Remaining => _length - _time.GetElapsedTime(Volatile.Read(ref _validFrom));

    public bool IsValid => Volatile.Read(ref _isOver) == 0 && Remaining > TimeSpan.Zero;

    public DateTimeOffset ExpiresAt => _time.GetUtcNow() + Remaining;

    /// <summary>A renewal that was sent then has been acknowledged; comes too late when the lease is over.</summary>
    public void Renewed(long sentAt)
    {
        if (IsValid && sentAt > Volatile.Read(ref _validFrom))
        {
            Volatile.Write(ref _validFrom, sentAt);
        }
    }

    /// <summary>The lock is lost.</summary>
    public void Lose()
    {
        if (Interlocked.Exchange(ref _isOver, 1) == 0)
        {
            _timer.Dispose();
            try
            {
                _lost.Cancel();
            }
            catch (AggregateException e)
            {
                // Whoever is told may fail; neither the others nor the renewals nor the timer's thread suffer from it.
                Log.LostCallbackFailed(_logger, e);
            }
        }
    }

    /// <summary>The lock was released: it is neither valid nor lost.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isOver, 1) == 0)
        {
            _timer.Dispose();
        }
    }

    private void Check()
    {
        TimeSpan remaining = Remaining;
        if (remaining <= TimeSpan.Zero)
        {
            Lose();
        }
        else if (Volatile.Read(ref _isOver) == 0)
        {
            _timer.Change(remaining, Timeout.InfiniteTimeSpan);
        }
    }
}
