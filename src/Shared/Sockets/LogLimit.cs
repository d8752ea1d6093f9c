namespace Discovery.Sockets;

/// <summary>Lets one line of a kind through per period and counts the others, so that a flood from outside is no flood of lines.</summary>
internal sealed class LogLimit(TimeProvider time)
{
    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private long _last;
    private long _count;
    private bool _hasLast;

    /// <summary>Whether to write a line now, and for how many events it stands.</summary>
    public bool ShouldLog(out long count)
    {
        lock (_lock)
        {
            count = ++_count;
            long now = time.GetTimestamp();
            if (_hasLast && time.GetElapsedTime(_last, now) < s_period)
            {
                return false;
            }

            (_last, _count, _hasLast) = (now, 0, true);
            return true;
        }
    }
}
