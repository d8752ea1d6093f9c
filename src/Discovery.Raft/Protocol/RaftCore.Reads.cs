namespace Discovery.Protocol;

/// <content>Linearizable reads without the log (thesis, section 6.4), and leases (section 6.4.1).</content>
internal sealed partial class RaftCore
{
    private readonly List<PendingRead> _pendingReads = [];
    private readonly ulong _firstRead;
    private bool _isLeaseBarred;

    /// <summary>
    /// Whether this server surely leads still: a majority answered what it sent less than an election timeout ago, and votes for nobody
    /// else until then.
    /// </summary>
    public bool HasLease(TimeSpan now)
    {
        Advance(now);
        return _now < LeaseUntil;
    }

    /// <summary>When the lease ends; long ago on a server that does not lead.</summary>
    public TimeSpan LeaseUntil =>
        Role == RaftRole.Leader && !_isLeaseBarred && HasCommittedOwn ? LeaseEnd() : TimeSpan.MinValue;

    /// <summary>Asks for an index that a read may rely on; the answer comes in <see cref="RaftReady.Reads"/>, or never when messages are
    /// lost: the caller waits for as long as it wants to.</summary>
    /// <param name="id">The caller's number for it.</param>
    /// <param name="isLeaseEnough">Whether the leader's lease confirms it; otherwise a majority is asked.</param>
    /// <param name="now">The time.</param>
    public void Read(ulong id, bool isLeaseEnough, TimeSpan now)
    {
        Advance(now);
        if (Role == RaftRole.Leader)
        {
            BeginRead(new PendingRead(id, VoterId.None, _log.Commit, _stamp), isLeaseEnough);
        }
        else if (Leader != VoterId.None)
        {
            _sendNow.Add(new ReadIndexRequest(Self, Leader, Term, _firstRead + id, isLeaseEnough));
        }
        else
        {
            _reads.Add(new ReadAnswer(id, IsReached: false, 0));
        }
    }

    private void BeginRead(PendingRead read, bool isLeaseEnough)
    {
        if (isLeaseEnough && HasLease(_now))
        {
            AnswerRead(read, isReached: true);
            return;
        }

        _pendingReads.Add(read);
        _mustBeat = true;
        ConfirmReads();
    }

    private void ConfirmReads()
    {
        // Before an entry of its own term is committed, a leader does not know what is.
        if (_pendingReads.Count == 0 || !HasCommittedOwn)
        {
            return;
        }

        ulong confirmed = Quorum.Reached(Configuration, StampOf);
        int answered = 0;
        while (answered < _pendingReads.Count && _pendingReads[answered].Stamp < confirmed)
        {
            PendingRead read = _pendingReads[answered++];
            AnswerRead(read with { Index = Math.Max(read.Index, _ownFirst) }, isReached: true);
        }

        _pendingReads.RemoveRange(0, answered);
    }

    private void AnswerRead(PendingRead read, bool isReached)
    {
        if (read.From == VoterId.None)
        {
            _reads.Add(new ReadAnswer(read.Id, isReached, read.Index));
        }
        else
        {
            _sendNow.Add(new ReadIndexReply(Self, read.From, Term, read.Id, isReached, read.Index));
        }
    }

    private ulong StampOf(VoterId id) =>
        id == Self ? ulong.MaxValue : _peers.TryGetValue(id, out Progress? peer) ? peer.Stamp : 0;

    private TimeSpan LeaseEnd()
    {
        ulong confirmed = Quorum.Reached(Configuration, StampOf);
        return confirmed == ulong.MaxValue ? TimeSpan.MaxValue
            : new TimeSpan((long)confirmed) + (_options.ElectionTimeout * (1 - _options.ClockDrift));
    }
}
