namespace Discovery.Protocol;

/// <content>Elections: the paper's section 5.2 with pre-votes (thesis, section 9.6) and protected leaders (section 4.2.3).</content>
internal sealed partial class RaftCore
{
    private VoteTally _tally = new();
    private TimeSpan _electionAt;
    private TimeSpan _leaderHeardAt;
    private bool _wasGivenGrace;

    // Until the shortest election timeout is over, whoever heard a leader votes for nobody else: the leader's lease counts on it.
    private bool HearsLeader => Role == RaftRole.Leader || _now - _leaderHeardAt < _options.ElectionTimeout;

    // One that an uncommitted configuration leaves out is still needed until it is committed (thesis, section 4.2.2).
    private bool CanLead => Configuration.MayLead(Self) || (!IsConfigurationCommitted && _log.PreviousConfiguration.MayLead(Self));

    // A server whose disk does not answer could not even give itself its vote.
    private bool IsDiskStalled => _writing.TryPeek(out Written oldest) && _now - oldest.Since >= _options.ElectionTimeout;

    private void TickFollower()
    {
        if (_now < _electionAt)
        {
            return;
        }

        // This process was not running when its time was over: what the leader sent meanwhile may be waiting to be read.
        if (_now - _electionAt > _options.HeartbeatInterval && !_wasGivenGrace && !IsAlone)
        {
            _wasGivenGrace = true;
            _electionAt = _now + (_options.ElectionTimeout / 2);
            return;
        }

        // Whoever cannot lead has nobody to ask, and knows of no leader either.
        Leader = VoterId.None;
        RestartElectionTimer();
        if (CanLead && !IsDiskStalled)
        {
            BeginPreVote();
        }
    }

    private void RestartElectionTimer()
    {
        _wasGivenGrace = false;
        TimeSpan least = Leader == VoterId.None ? _options.ElectionTimeout : _options.Patience;
        _electionAt = _now + least + _jitter.Next(_options.ElectionTimeout);
    }

    /// <summary>
    /// The connection that a server sent over has ended, most likely with its process. It is protected as long as any other, and nobody
    /// is more patient than that.
    /// </summary>
    public void OnDisconnected(VoterId from, TimeSpan now)
    {
        Advance(now);
        if (Role == RaftRole.Follower && from == Leader)
        {
            TimeSpan least = Later(_now, _leaderHeardAt + _options.ElectionTimeout);
            _electionAt = Earlier(_electionAt, least + _jitter.Next(_options.ElectionTimeout));
        }
    }

    /// <summary>Whose silence is about to end something: a leader's followers, or a follower's wait. Most of the time nobody's.</summary>
    public IReadOnlyList<VoterId> FindSilent(TimeSpan now)
    {
        Advance(now);
        return Role switch
        {
            RaftRole.Leader when IsQuorumLost => [.. _peers.Keys.Where(id => !MayFollow(id))],
            RaftRole.Follower when _now >= _electionAt && Leader != VoterId.None => [Leader],
            _ => [],
        };
    }

    /// <summary>What another has sent is here and nobody has read it: for a while, its silence is none.</summary>
    public void OnUnread(VoterId from, TimeSpan now)
    {
        Advance(now);
        if (Role == RaftRole.Leader)
        {
            if (_peers.TryGetValue(from, out Progress? peer) && _now - peer.ContactAt < _options.UnreadMax)
            {
                peer.UnreadAt = _now;
            }
        }
        else if (Role == RaftRole.Follower && from == Leader && _now - _leaderHeardAt < _options.UnreadMax)
        {
            _electionAt = Later(_electionAt, _now + _options.HeartbeatInterval);
        }
    }

    private void BeginPreVote()
    {
        Role = RaftRole.PreCandidate;
        _tally = new VoteTally();
        AskForVotes(_sendNow, Term + 1, isPreVote: true, isTransfer: false);
        CountVote(Self, isGranted: true);
    }

    private void BeginElection(bool isTransfer)
    {
        _state = new HardState(Term + 1, Self);
        Role = RaftRole.Candidate;
        Leader = VoterId.None;
        _tally = new VoteTally();
        RestartElectionTimer();

        // The vote for itself counts once it is on the disk (OnPersisted), and nobody hears of the term before that.
        AskForVotes(_sendAfterPersist, Term, isPreVote: false, isTransfer);
    }

    private void AskForVotes(List<RaftMessage> into, ulong term, bool isPreVote, bool isTransfer)
    {
        foreach (VoterId id in Configuration.Everybody())
        {
            if (id != Self && Configuration.Votes(id))
            {
                into.Add(new VoteRequest(Self, id, term, _log.Last, isPreVote, isTransfer));
            }
        }
    }

    private void OnVoteRequest(VoteRequest request)
    {
        bool isUpToDate = request.Last.IsUpToDateWith(_log.Last);
        if (request.IsPreVote)
        {
            bool wouldGrant = isUpToDate && request.Term > Term && !HearsLeader;
            _sendAfterPersist.Add(new VoteReply(Self, request.From, wouldGrant ? request.Term : Term, IsPreVote: true, wouldGrant));
            return;
        }

        bool isFree = _state.Vote == request.From || (_state.Vote == VoterId.None && Leader == VoterId.None);
        bool isGranted = isFree && isUpToDate;
        if (isGranted)
        {
            _state = _state with { Vote = request.From };
            RestartElectionTimer();
        }

        _sendAfterPersist.Add(new VoteReply(Self, request.From, Term, IsPreVote: false, isGranted));
    }

    private void OnVoteReply(VoteReply reply)
    {
        bool isOfThisElection = reply.IsPreVote
            ? Role == RaftRole.PreCandidate && reply.Term == (reply.IsGranted ? Term + 1 : Term)
            : Role == RaftRole.Candidate && reply.Term == Term;
        if (isOfThisElection)
        {
            CountVote(reply.From, reply.IsGranted);
        }
    }

    private void CountVote(VoterId voter, bool isGranted)
    {
        _tally.Count(voter, isGranted);
        if (_tally.IsWon(Configuration))
        {
            if (Role == RaftRole.PreCandidate)
            {
                BeginElection(isTransfer: false);
            }
            else
            {
                BecomeLeader();
            }
        }
        else if (_tally.IsLost(Configuration))
        {
            Role = RaftRole.Follower;
        }
    }

    private void OnTimeoutNow(VoterId from)
    {
        if (from == Leader && Role == RaftRole.Follower && CanLead && !IsDiskStalled)
        {
            BeginElection(isTransfer: true);
        }
    }
}
