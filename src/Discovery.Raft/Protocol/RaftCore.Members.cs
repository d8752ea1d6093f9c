namespace Discovery.Protocol;

/// <content>What is asked of a leader: proposals, changes of members (thesis, section 4.3), hand-over (section 3.10).</content>
internal sealed partial class RaftCore
{
    private Transfer? _transfer;

    /// <summary>Appends an entry to the leader's log; it goes out with the next <see cref="TakeReady"/>.</summary>
    public ProposeStatus Propose(EntryKind kind, ReadOnlyMemory<byte> body, TimeSpan now, out LogPosition at)
    {
        Advance(now);
        Invariant.Check(kind is EntryKind.Command or EntryKind.Restore, "a proposal of a kind that only the protocol makes");
        at = LogPosition.Zero;
        if (Role != RaftRole.Leader)
        {
            return ProposeStatus.NotLeader;
        }

        if (_transfer is not null)
        {
            return ProposeStatus.Transferring;
        }

        if (_uncommitted.Bytes >= _options.UncommittedBytesMax)
        {
            return ProposeStatus.Overloaded;
        }

        at = AppendOwn(kind, body);
        return ProposeStatus.Appended;
    }

    /// <summary>Changes who takes part; through a joint configuration unless no majority changes.</summary>
    public ProposeStatus ProposeMembers(IReadOnlyCollection<RaftMember> members, TimeSpan now, out LogPosition at)
    {
        Advance(now);
        at = LogPosition.Zero;
        if (Role != RaftRole.Leader)
        {
            return ProposeStatus.NotLeader;
        }

        // Not before an entry of the own term is committed (Ongaro, raft-dev, 2015), and one change at a time.
        if (_transfer is not null || !HasCommittedOwn || !IsConfigurationCommitted || Configuration.IsJoint)
        {
            return ProposeStatus.ChangePending;
        }

        RaftConfiguration next = RaftConfiguration.Of(members);
        if (next.Members.Any(IsWitnessForLife))
        {
            return ProposeStatus.WitnessForLife;
        }

        Invariant.Check(next.Members.Any(static member => member.Role == MemberRole.Voter), "a configuration that nobody could lead");
        bool isJoint = !next.Members.Where(static member => member.Votes).SequenceEqual(
            Configuration.Members.Where(static member => member.Votes));
        at = AppendOwn(EntryKind.Configuration, (isJoint ? Configuration.JoinedBy(members) : next).Encode());
        AdvanceCommit();
        return ProposeStatus.Appended;
    }

    // The log of a witness lacks the bodies, and that of everybody else must not come to lack them.
    private bool IsWitnessForLife(RaftMember next) => Configuration.TryFind(next.Id, out RaftMember member)
        && (member.Role == MemberRole.Witness) != (next.Role == MemberRole.Witness);

    /// <summary>Hands leadership to a voter, or to the one with most of the log; false when there is nobody or this server does not
    /// lead.</summary>
    public bool TransferLeadership(VoterId to, TimeSpan now)
    {
        Advance(now);
        if (Role != RaftRole.Leader)
        {
            return false;
        }

        VoterId target = to == VoterId.None ? BestSuccessor() : to;
        if (!_peers.TryGetValue(target, out Progress? peer) || !Configuration.Members.Contains(new RaftMember(target, MemberRole.Voter)))
        {
            return false;
        }

        _transfer = new Transfer(target, _now + _options.ElectionTimeout);
        TransferWhenCaughtUp(peer);
        return true;
    }

    /// <summary>The newest entry of the log that has a server as a member; of term 0 when only the snapshot tells.</summary>
    public LogPosition MemberAt(VoterId id) => _log.MemberAt(id);

    /// <summary>Whether a server was a member for sure, and is none any more.</summary>
    /// <param name="id">The server.</param>
    /// <param name="memberAt">What it says of itself: the newest entry that has it as a member.</param>
    public bool WasRemoved(VoterId id, LogPosition memberAt) =>
        memberAt != LogPosition.Zero && IsConfigurationCommitted && !Configuration.Contains(id) && _log.IsOfHistory(memberAt);

    /// <summary>What this leader knows of a peer; null when it is none.</summary>
    public PeerView? DescribePeer(VoterId id)
    {
        if (!_peers.TryGetValue(id, out Progress? peer))
        {
            return null;
        }

        _ = _log.TryFindTerm(peer.Match, out ulong term);
        return new PeerView(new LogPosition(peer.Match, term), peer.IsHeard ? _now - peer.ContactAt : null);
    }

    private void TransferWhenCaughtUp(Progress peer)
    {
        if (_transfer is { } transfer && transfer.To == peer.Id && peer.Match == _log.Last.Index)
        {
            // From now on another server may be elected although the voters hear this one: its lease is worth nothing in this term.
            _isLeaseBarred = true;
            _sendNow.Add(new TimeoutNow(Self, peer.Id, Term));
        }
    }

    private void EndTransferInTime()
    {
        if (_transfer is { } transfer && _now >= transfer.Until)
        {
            _transfer = null;
        }
    }

    private VoterId BestSuccessor()
    {
        VoterId best = VoterId.None;
        ulong most = 0;
        foreach (Progress peer in _peers.Values)
        {
            bool mayLead = Configuration.Members.Contains(new RaftMember(peer.Id, MemberRole.Voter)) && IsInContact(peer.Id);
            if (mayLead && (best == VoterId.None || peer.Match > most))
            {
                (best, most) = (peer.Id, peer.Match);
            }
        }

        return best;
    }
}
