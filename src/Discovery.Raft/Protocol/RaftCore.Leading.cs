using System.Collections.Immutable;

namespace Discovery.Protocol;

/// <content>What a leader does: the paper's sections 5.3 and 5.4, check-quorum, witnesses.</content>
internal sealed partial class RaftCore
{
    private readonly SortedDictionary<VoterId, Progress> _peers = [];
    private readonly InFlight _uncommitted = new();
    private readonly CopyLag _copyLag = new();
    private bool _wasQuorumGivenGrace;
    private TimeSpan _heartbeatAt;
    private TimeSpan _quorumCheckAt;
    private ulong _stamp;
    private ulong _ownFirst;
    private bool _mustBeat;

    /// <summary>
    /// Whether there is a witness and only one full copy within reach, or what was committed then has no second copy yet: it is on one disk
    /// that can answer reads.
    /// </summary>
    public bool IsSingleCopy { get; private set; }

    // Whether one full copy is enough for a commit now.
    private bool _isOneCopyEnough;

    /// <summary>Whether this leader's state has everything that was committed before its term.</summary>
    public bool IsCaughtUp => Role == RaftRole.Leader && _log.Applied >= _ownFirst;

    private bool HasCommittedOwn => _log.Commit >= _ownFirst;

    private void BecomeLeader()
    {
        Role = RaftRole.Leader;
        Leader = Self;
        _heartbeatAt = _now;
        _quorumCheckAt = _now + _options.ElectionTimeout;
        _isLeaseBarred = _wasQuorumGivenGrace = false;
        _transfer = null;
        _peers.Clear();
        _uncommitted.Clear();
        _copyLag.Clear();
        _ownFirst = _log.Last.Index + 1;
        FollowConfiguration();
        AppendOwn(EntryKind.Empty, ReadOnlyMemory<byte>.Empty);
        AdvanceCommit();
    }

    private void EndLeadership()
    {
        foreach (PendingRead read in _pendingReads)
        {
            AnswerRead(read, isReached: false);
        }

        _pendingReads.Clear();
        _peers.Clear();
        _uncommitted.Clear();
        _transfer = null;
        _mustBeat = false;
        IsSingleCopy = _isOneCopyEnough = false;
    }

    private void TickLeader()
    {
        if (_now >= _heartbeatAt)
        {
            // This process was not running for a while: the answers to what it sent before may be waiting to be read.
            if (_now - _heartbeatAt > _options.ElectionTimeout / 2 && !_wasQuorumGivenGrace)
            {
                _wasQuorumGivenGrace = true;
                _quorumCheckAt = Later(_quorumCheckAt, _now + _options.ElectionTimeout);
            }

            _mustBeat = true;
            _heartbeatAt = _now + _options.HeartbeatInterval;
        }

        // Alone it would only stop to answer reads.
        bool isDiskLost = !IsAlone && _writing.TryPeek(out Written oldest) && _now - oldest.Since >= _options.DiskStallMax;
        if (isDiskLost || IsQuorumLost)
        {
            BecomeFollower(Term, VoterId.None);
            return;
        }

        _wasQuorumGivenGrace &= _now < _quorumCheckAt;
        foreach (Progress peer in _peers.Values)
        {
            if (peer.State == ProgressState.Replicate && !peer.InFlight.IsEmpty && peer.MayAsk(_now, _options.RetryInterval))
            {
                peer.Probe(peer.Match + 1);
            }
        }

        EndTransferInTime();
        _copyLag.Sample(_log.Last.Index, _now, _options.CopyLagMax);
        AdvanceCommit();
    }

    private bool IsQuorumLost => _now >= _quorumCheckAt && !Quorum.IsReached(Configuration, MayFollow);

    private static TimeSpan Later(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private static TimeSpan Earlier(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private bool IsInContact(VoterId id) =>
        id == Self || (_peers.TryGetValue(id, out Progress? peer) && _now - peer.ContactAt < _options.ElectionTimeout);

    // As long as one that stands still may go on following afterwards, nothing is won by stepping down. What a leader may answer from its
    // own state alone meanwhile is the lease's to say.
    private bool MayFollow(VoterId id) => id == Self
        || (_peers.TryGetValue(id, out Progress? peer) && (_now - peer.ContactAt < _options.PatienceMax || peer.UnreadAt == _now));

    private LogPosition AppendOwn(EntryKind kind, ReadOnlyMemory<byte> body)
    {
        var entry = new LogEntry(_log.Last.Index + 1, Term, kind, body);
        _log.Append(entry);
        _uncommitted.Add(entry.Index, entry.Cost);
        if (kind == EntryKind.Configuration)
        {
            FollowConfiguration();
        }

        return _log.Last;
    }

    // A configuration is in force as soon as it is in the log: those who are new are sent it, those who are gone are not.
    private void FollowConfiguration()
    {
        foreach (VoterId id in Configuration.Everybody())
        {
            if (id != Self && !_peers.ContainsKey(id))
            {
                _peers.Add(id, new Progress(id, _log.Last.Index + 1, _now));
            }
        }

        foreach (VoterId gone in _peers.Keys.Where(id => !Configuration.Contains(id)).ToArray())
        {
            _peers.Remove(gone);
        }
    }

    private void StepLeader(RaftMessage message)
    {
        if (Role != RaftRole.Leader)
        {
            if (message is ReadIndexRequest asked)
            {
                _sendNow.Add(new ReadIndexReply(Self, asked.From, Term, asked.Id, IsReached: false, 0));
            }

            return;
        }

        if (message is ReadIndexRequest read)
        {
            BeginRead(new PendingRead(read.Id, read.From, _log.Commit, _stamp), read.IsLeaseEnough);
            return;
        }

        if (!_peers.TryGetValue(message.From, out Progress? peer))
        {
            return;
        }

        peer.ContactAt = _now;
        peer.IsHeard = true;
        switch (message)
        {
            case AppendAccepted accepted:
                HearStamp(peer, accepted.Stamp);
                OnAccepted(peer, accepted.Match);
                break;
            case AppendRejected rejected:
                HearStamp(peer, rejected.Stamp);
                OnRejected(peer, rejected);
                break;
            case HeartbeatReply reply:
                HearStamp(peer, reply.Stamp);
                break;
        }
    }

    private void HearStamp(Progress peer, ulong stamp)
    {
        Invariant.Check(stamp <= _stamp, $"{peer.Id} answers what was never sent");
        if (stamp > peer.Stamp)
        {
            peer.Stamp = stamp;
            ConfirmReads();
        }
    }

    private void OnAccepted(Progress peer, ulong match)
    {
        Invariant.Check(match <= _log.Last.Index, $"{peer.Id} says that it has {match}, after the end of the log");
        if (peer.State == ProgressState.Snapshot && match < _log.Start.Index)
        {
            return;
        }

        peer.Accepted(match, _now);
        if (peer.State == ProgressState.Snapshot)
        {
            peer.Probe(match + 1);
        }

        AdvanceCommit();
        TransferWhenCaughtUp(peer);
    }

    private void OnRejected(Progress peer, AppendRejected rejected)
    {
        // An answer that was late: what it is about has been acknowledged since, or asked anew.
        if (peer.State == ProgressState.Snapshot || rejected.Previous <= peer.Match
            || (peer.State == ProgressState.Probe && rejected.Previous != peer.Next - 1))
        {
            return;
        }

        ulong agreement = Math.Min(_log.LatestAgreement(rejected.Hint).Index, rejected.Hint.Index);
        peer.Probe(Math.Min(agreement, rejected.Previous - 1) + 1);
    }

    /// <summary>The stream of a snapshot to a peer has ended.</summary>
    /// <param name="id">The peer.</param>
    /// <param name="sent">The last entry that the snapshot covers, or null when it did not arrive.</param>
    /// <param name="now">The time.</param>
    public void OnSnapshotSent(VoterId id, LogPosition? sent, TimeSpan now)
    {
        Advance(now);
        if (Role == RaftRole.Leader && _peers.TryGetValue(id, out Progress? peer) && peer.State == ProgressState.Snapshot)
        {
            peer.Probe((sent?.Index ?? peer.Match) + 1);
            if (sent is null)
            {
                peer.Asked(_now);
            }
        }
    }

    private void AdvanceCommit()
    {
        if (Role != RaftRole.Leader)
        {
            return;
        }

        ulong index = Quorum.Reached(Configuration, MatchOf);
        _isOneCopyEnough = false;
        index = Math.Min(index, CopiedTo(Configuration.Members));
        if (Configuration.IsJoint)
        {
            index = Math.Min(index, CopiedTo(Configuration.Before));
        }

        // Entries of earlier terms are committed by one of this term after them, never by counting (the paper's section 5.4.2).
        if (index > _log.Commit && index >= _ownFirst)
        {
            _log.CommitTo(index);
            _uncommitted.AcknowledgeTo(index);
            AfterCommit();
        }

        // Over only once what was committed on one copy is on two: until then the loss of one disk is the loss of that.
        bool isBehind = Quorum.Reached(Quorum.Copies(Configuration), Quorum.CopiesWanted, MatchOf) < _log.Commit;
        IsSingleCopy = _isOneCopyEnough || (IsSingleCopy && isBehind);
    }

    // While two full copies are within reach, a witness does not stand in for one of them. Of a joint configuration this holds in both
    // halves: what is copied to those who leave is not copied. One that is connected and acknowledges nothing, as with a disk that hangs,
    // is not within reach; nor is one that is catching up.
    private ulong CopiedTo(ImmutableArray<RaftMember> members)
    {
        if (!Quorum.HasWitness(members))
        {
            return ulong.MaxValue;
        }

        ImmutableArray<VoterId> copies = Quorum.Copies(members);
        int within = copies.Count(id => id == Self || (IsInContact(id) && MatchOf(id) >= _copyLag.Due));
        _isOneCopyEnough |= within < Quorum.CopiesWanted;
        return Quorum.Reached(copies, Math.Clamp(within, 1, Quorum.CopiesWanted), MatchOf);
    }

    private ulong MatchOf(VoterId id) => id == Self ? _log.Persisted : _peers.TryGetValue(id, out Progress? peer) ? peer.Match : 0;

    private void AfterCommit()
    {
        if (Configuration.IsJoint && IsConfigurationCommitted)
        {
            AppendOwn(EntryKind.Configuration, Configuration.Settled().Encode());
            AdvanceCommit();
        }

        ConfirmReads();
    }
}
