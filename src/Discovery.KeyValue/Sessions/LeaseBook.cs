using Discovery.KeyValue;

namespace Discovery.Sessions;

/// <summary>When each lease ends by the clock of the leader that keeps them. One office at a time; safe for any thread.</summary>
internal sealed class LeaseBook
{
    private const int StaleDuesMax = 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, Lease> _leases = [];
    private readonly PriorityQueue<Guid, TimeSpan> _due = new();
    private object? _office;

    /// <summary>Takes office. From here on sessions that begin are noted; those that are there already are added next.</summary>
    public void Open(object office)
    {
        lock (_lock)
        {
            _leases.Clear();
            _due.Clear();
            _office = office;
        }
    }

    /// <summary>Begins the leases of sessions that were read from the state after the book was opened.</summary>
    /// <param name="sessions">The sessions.</param>
    /// <param name="now">Now, not earlier than they were read.</param>
    public void Add(IEnumerable<SessionEntry> sessions, TimeSpan now)
    {
        foreach (SessionEntry session in sessions)
        {
            Begin(session, now);
        }
    }

    /// <summary>The state is another: if anybody is in office, its sessions begin anew.</summary>
    public void Replace(IEnumerable<SessionEntry> sessions, TimeSpan now)
    {
        lock (_lock)
        {
            _leases.Clear();
            _due.Clear();
        }

        Add(sessions, now);
    }

    /// <summary>Leaves office: nothing is renewed any more.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _office = null;
            _leases.Clear();
            _due.Clear();
        }
    }

    /// <summary>A session was created.</summary>
    public void Begin(SessionEntry session, TimeSpan now)
    {
        lock (_lock)
        {
            if (_office is not null)
            {
                BeginLocked(session, now);
            }
        }
    }

    /// <summary>A session has ended.</summary>
    public void Remove(Guid session)
    {
        lock (_lock)
        {
            _leases.Remove(session);
            if (_due.Count > StaleDuesMax + (2 * _leases.Count))
            {
                DropStaleDues();
            }
        }
    }

    /// <summary>How many times are kept: bounded by the leases, whatever became of others.</summary>
    public int DueCount
    {
        get
        {
            lock (_lock)
            {
                return _due.Count;
            }
        }
    }

    /// <summary>Begins a lease anew, unless its end has been proposed.</summary>
    /// <returns>Whether it was; null when the office is over, and nothing can be said.</returns>
    public bool? TryRenew(object office, SessionEntry session, TimeSpan now)
    {
        lock (_lock)
        {
            if (!ReferenceEquals(office, _office))
            {
                return null;
            }

            // Created a moment ago, and not told yet.
            BeginLocked(session, now);
            Lease lease = _leases[session.Id];
            if (lease.IsEnding)
            {
                return false;
            }

            // The queue learns of it when the old time comes: a lease that is renewed often is moved once in a while only.
            lease.EndsAt = ClusterTimes.After(now, lease.Length);
            return true;
        }
    }

    /// <summary>Whether the end of a lease has been proposed.</summary>
    public bool IsEnding(Guid session)
    {
        lock (_lock)
        {
            return _leases.TryGetValue(session, out Lease? lease) && lease.IsEnding;
        }
    }

    /// <summary>When the first lease may end, or null.</summary>
    public TimeSpan? NextDue
    {
        get
        {
            lock (_lock)
            {
                return _due.TryPeek(out _, out TimeSpan due) ? due : null;
            }
        }
    }

    /// <summary>Takes leases that have run out: from now on they are not renewed.</summary>
    public List<Guid> TakeEnded(TimeSpan now, int most)
    {
        var ended = new List<Guid>();
        lock (_lock)
        {
            while (ended.Count < most && _due.TryPeek(out Guid session, out TimeSpan due) && due <= now)
            {
                _due.Dequeue();
                if (!_leases.TryGetValue(session, out Lease? lease) || lease.IsEnding)
                {
                    continue;
                }

                if (lease.EndsAt > now)
                {
                    _due.Enqueue(session, lease.EndsAt);
                    continue;
                }

                lease.IsEnding = true;
                ended.Add(session);
            }
        }

        return ended;
    }

    // A session that ends early leaves its time in the queue; with leases of a day those would add up.
    private void DropStaleDues()
    {
        _due.Clear();
        foreach ((Guid session, Lease lease) in _leases)
        {
            if (!lease.IsEnding)
            {
                _due.Enqueue(session, lease.EndsAt);
            }
        }
    }

    private void BeginLocked(SessionEntry session, TimeSpan now)
    {
        if (session.Lease > TimeSpan.Zero && !_leases.ContainsKey(session.Id))
        {
            TimeSpan endsAt = ClusterTimes.After(now, session.Lease);
            _leases.Add(session.Id, new Lease(session.Lease) { EndsAt = endsAt });
            _due.Enqueue(session.Id, endsAt);
        }
    }

    private sealed class Lease(TimeSpan length)
    {
        public TimeSpan Length { get; } = length;

        public TimeSpan EndsAt { get; set; }

        public bool IsEnding { get; set; }
    }
}
