namespace Discovery.Events;

/// <summary>The Lamport clock of events: it goes on with each that is fired here, and beyond each that is seen.</summary>
internal sealed class EventClock
{
    // Nobody gets there by counting: a time beyond it is an error, and following it would end with times that begin anew.
    private const ulong Highest = ulong.MaxValue / 2;

    private readonly Lock _lock = new();
    private ulong _next = 1;

    /// <summary>The time that the next event gets.</summary>
    public ulong Next
    {
        get
        {
            lock (_lock)
            {
                return _next;
            }
        }
    }

    /// <summary>Takes the next time, unless the check of it throws.</summary>
    public ulong Take(Action<ulong> check)
    {
        lock (_lock)
        {
            check(_next);
            return _next++;
        }
    }

    /// <summary>What is fired after this is later than the event that was seen.</summary>
    public void Witness(ulong time)
    {
        lock (_lock)
        {
            _next = time >= _next && time <= Highest ? time + 1 : _next;
        }
    }
}
