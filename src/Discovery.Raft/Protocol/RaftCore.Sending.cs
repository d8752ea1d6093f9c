namespace Discovery.Protocol;

/// <content>What a leader sends: entries ahead of their acknowledgement, within limits, and the news of commits.</content>
internal sealed partial class RaftCore
{
    private void SendToPeers()
    {
        bool mustBeat = _mustBeat;
        _mustBeat = false;
        _stamp = Math.Max(_stamp + 1, (ulong)_now.Ticks);
        foreach (Progress peer in _peers.Values)
        {
            ulong known = Math.Min(peer.Match, _log.Commit);
            int before = _sendNow.Count;
            SendEntries(peer);
            bool isNews = known > peer.CommitSent && _sendNow.Count == before;
            if (mustBeat || isNews)
            {
                peer.CommitSent = Math.Max(peer.CommitSent, known);

                // News of a commit is not answered: nobody waits for that, and it would come after each.
                _sendNow.Add(new Heartbeat(Self, peer.Id, Term, known, mustBeat ? _stamp : 0));
            }
        }
    }

    private void SendEntries(Progress peer)
    {
        while (MaySend(peer))
        {
            if (!_log.TryFindTerm(peer.Next - 1, out ulong term))
            {
                peer.SendsSnapshot();
                _ = Configuration.TryFind(peer.Id, out RaftMember member);
                _snapshots.Add(member);
                return;
            }

            IReadOnlyList<LogEntry> entries = [];
            ulong end = EndFor(peer);
            if (peer.Next <= end && (peer.State == ProgressState.Replicate || peer.IsFirstQuestion))
            {
                if (!_log.IsInMemory(peer.Next))
                {
                    peer.IsLoading = true;
                    _loads.Add(new LoadRequest(peer.Id, Term, peer.Next, end, _options.MessageBytesMax));
                    return;
                }

                entries = _log.Slice(peer.Next, end, _options.MessageBytesMax);
            }

            Send(peer, new LogPosition(peer.Next - 1, term), entries);
        }
    }

    private bool MaySend(Progress peer) => !peer.IsLoading && peer.State switch
    {
        ProgressState.Probe => peer.MayAsk(_now, _options.RetryInterval),
        ProgressState.Replicate => peer.Next <= EndFor(peer) && !peer.InFlight.IsFull(_options),
        _ => false,
    };

    /// <summary>
    /// The last entry that a peer is sent. A witness is not let ahead of the disks with full copies, of two while two are within reach:
    /// when this server is gone or has lost its tail, the witness would vote for nobody.
    /// </summary>
    private ulong EndFor(Progress peer) => IsWitness(peer.Id)
        ? Math.Min(_log.Last.Index, Quorum.Reached(Quorum.Copies(Configuration), _isOneCopyEnough ? 1 : Quorum.CopiesWanted, MatchOf))
        : _log.Last.Index;

    private void Send(Progress peer, LogPosition previous, IReadOnlyList<LogEntry> entries)
    {
        IReadOnlyList<LogEntry> sent = IsWitness(peer.Id) ? WithoutBodies(entries) : entries;
        _sendNow.Add(new AppendRequest(Self, peer.Id, Term, previous, sent, _log.Commit, _stamp));
        peer.CommitSent = Math.Max(peer.CommitSent, Math.Min(_log.Commit, previous.Index + (ulong)entries.Count));
        if (peer.State == ProgressState.Probe)
        {
            peer.Asked(_now);
        }
        else
        {
            peer.Sent(entries[^1].Index, sent.Sum(static entry => (long)entry.Cost), _now);
        }
    }

    private void OnLoadedForPeer(LoadRequest request, IReadOnlyList<LogEntry> entries)
    {
        if (Role != RaftRole.Leader || request.Term != Term || !_peers.TryGetValue(request.For, out Progress? peer))
        {
            return;
        }

        peer.IsLoading = false;
        bool isNext = entries.Count > 0 && entries[0].Index == peer.Next && _log.Has(entries) && MaySend(peer);
        if (isNext && _log.TryFindTerm(peer.Next - 1, out ulong term))
        {
            // Of what was asked for with one copy within reach, a witness is sent less once there are two again.
            ulong end = EndFor(peer);
            _stamp = Math.Max(_stamp + 1, (ulong)_now.Ticks);
            Send(peer, new LogPosition(peer.Next - 1, term), [.. entries.TakeWhile(entry => entry.Index <= end)]);
        }
    }

    private bool IsWitness(VoterId id) => Configuration.TryFind(id, out RaftMember member) && member.Role == MemberRole.Witness;

    private static LogEntry[] WithoutBodies(IReadOnlyList<LogEntry> entries) =>
        [.. entries.Select(static entry => entry.Kind == EntryKind.Configuration ? entry : entry with { Body = default })];

    private void LeaveWhenRemoved()
    {
        if (!Configuration.MayLead(Self) && !Configuration.IsJoint && IsConfigurationCommitted)
        {
            // Others learn of the commit by what was just sent; the one that has most of the log goes on.
            VoterId next = BestSuccessor();
            if (next != VoterId.None)
            {
                _sendNow.Add(new TimeoutNow(Self, next, Term));
            }

            BecomeFollower(Term, VoterId.None);
        }
    }
}
