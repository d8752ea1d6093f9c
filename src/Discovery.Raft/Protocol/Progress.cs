namespace Discovery.Protocol;

/// <summary>What a leader knows of one peer.</summary>
internal sealed class Progress(VoterId id, ulong next, TimeSpan now)
{
    public VoterId Id { get; } = id;

    public ProgressState State { get; private set; } = ProgressState.Probe;

    /// <summary>The end of what is known to be on the peer's disk.</summary>
    public ulong Match { get; private set; }

    /// <summary>What is sent next.</summary>
    public ulong Next { get; private set; } = next;

    public InFlight InFlight { get; } = new();

    /// <summary>When something last came from the peer.</summary>
    public TimeSpan ContactAt { get; set; } = now;

    /// <summary>When something of the peer was last known to be here unread.</summary>
    public TimeSpan UnreadAt { get; set; } = TimeSpan.MinValue;

    /// <summary>Whether anything came from the peer in this term.</summary>
    public bool IsHeard { get; set; }

    /// <summary>The latest stamp that it has sent back.</summary>
    public ulong Stamp { get; set; }

    /// <summary>The commit index that it was last told.</summary>
    public ulong CommitSent { get; set; }

    /// <summary>Whether entries for it are being read from the disk.</summary>
    public bool IsLoading { get; set; }

    /// <summary>When the last question went out, or the last acknowledgement of progress came in.</summary>
    public TimeSpan AskedAt { get; private set; } = TimeSpan.MinValue;

    /// <summary>Whether a question may carry entries: the first one does, since most logs agree.</summary>
    public bool IsFirstQuestion { get; private set; } = true;

    public bool MayAsk(TimeSpan now, TimeSpan retry) => AskedAt == TimeSpan.MinValue || now - AskedAt >= retry;

    public void Asked(TimeSpan now)
    {
        AskedAt = now;
        IsFirstQuestion = false;
    }

    public void Sent(ulong last, long bytes, TimeSpan now)
    {
        if (InFlight.IsEmpty)
        {
            AskedAt = now;
        }

        InFlight.Add(last, bytes);
        Next = last + 1;
    }

    public void Accepted(ulong match, TimeSpan now)
    {
        InFlight.AcknowledgeTo(match);
        if (match > Match)
        {
            Match = match;
            AskedAt = now;
        }

        Next = Math.Max(Next, Match + 1);
        if (State == ProgressState.Probe)
        {
            State = ProgressState.Replicate;
            Next = Match + 1;
            AskedAt = now;
        }
    }

    /// <summary>The logs differ, or nothing was heard: ask again from here, one question at a time.</summary>
    public void Probe(ulong next)
    {
        State = ProgressState.Probe;
        Next = Math.Max(next, Match + 1);
        AskedAt = TimeSpan.MinValue;
        InFlight.Clear();
    }

    public void SendsSnapshot()
    {
        State = ProgressState.Snapshot;
        InFlight.Clear();
    }
}
