namespace Discovery.Health;

/// <summary>Counts changes of status within a window and says for how long a recovery is held down. Pure.</summary>
internal sealed class FlapDetector
{
    private readonly Queue<TimeSpan> _changes = new();
    private int _relapses;
    private TimeSpan? _endedAt;
    private TimeSpan _lastHold;
    private TimeSpan _lastChange;

    /// <summary>Whether the check is flapping.</summary>
    public bool IsFlapping { get; private set; }

    /// <summary>When it started to flap.</summary>
    public TimeSpan Since { get; private set; }

    /// <summary>How long the status must stay unchanged before flapping ends.</summary>
    public TimeSpan HoldDown => _lastHold;

    /// <summary>When flapping ends if nothing changes any more; null when the check is not flapping.</summary>
    public TimeSpan? EndsAt => IsFlapping ? _lastChange + _lastHold : null;

    /// <summary>Takes a change of status.</summary>
    public void Change(TimeSpan now, CheckSettings settings)
    {
        if (settings.FlapThreshold == 0)
        {
            return;
        }

        _lastChange = now;
        _changes.Enqueue(now);
        while (_changes.Count > settings.FlapThreshold)
        {
            _changes.Dequeue();
        }

        if (IsFlapping || _changes.Count < settings.FlapThreshold || now - _changes.Peek() > settings.FlapWindow)
        {
            return;
        }

        bool relapse = _endedAt is { } ended && now - ended <= settings.FlapWindow + _lastHold;
        _relapses = relapse ? Math.Min(_relapses + 1, 30) : 0;
        TimeSpan hold = settings.FlapHoldDown * (1L << _relapses);
        _lastHold = hold < settings.FlapHoldDownMax ? hold : settings.FlapHoldDownMax;
        IsFlapping = true;
        Since = now;
    }

    /// <summary>Ends flapping when its time has come.</summary>
    /// <returns>Whether it ended now.</returns>
    public bool TryEnd(TimeSpan now)
    {
        if (EndsAt is not { } ends || now < ends)
        {
            return false;
        }

        IsFlapping = false;
        _endedAt = ends;
        return true;
    }
}
