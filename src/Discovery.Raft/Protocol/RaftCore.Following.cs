namespace Discovery.Protocol;

/// <content>What a follower does with what its leader sends: the paper's section 5.3, and snapshots (section 7).</content>
internal sealed partial class RaftCore
{
    private void OnAppend(AppendRequest request)
    {
        HearLeader(request.From);
        ulong end = request.Previous.Index + (ulong)request.Entries.Count;
        if (request.Previous.Index < _log.Commit)
        {
            // All up to the commit is the same in every log; the rest of the message may bring more.
            AppendMissing(request.Entries);
            Accept(request, Math.Max(end, _log.Commit));
            return;
        }

        if (!_log.Matches(request.Previous))
        {
            LogPosition hint = _log.LatestAgreement(request.Previous);
            _sendAfterPersist.Add(new AppendRejected(Self, request.From, Term, request.Previous.Index, hint, request.Stamp));
            return;
        }

        AppendMissing(request.Entries);
        Accept(request, end);
    }

    private void Accept(AppendRequest request, ulong match)
    {
        _log.CommitTo(Math.Max(_log.Commit, Math.Min(request.Commit, match)));
        _sendAfterPersist.Add(new AppendAccepted(Self, request.From, Term, match, request.Stamp));
    }

    private void AppendMissing(IReadOnlyList<LogEntry> entries)
    {
        foreach (LogEntry entry in entries)
        {
            if (entry.Index <= _log.Start.Index || _log.Matches(new LogPosition(entry.Index, entry.Term)))
            {
                continue;
            }

            if (entry.Index <= _log.Last.Index)
            {
                _log.TruncateAfter(entry.Index - 1);
            }

            _log.Append(entry);
        }
    }

    private void OnHeartbeat(Heartbeat heartbeat)
    {
        HearLeader(heartbeat.From);

        // A leader tells a commit only as far as this server has acknowledged the log to it.
        Invariant.Check(
            heartbeat.Commit <= _log.Last.Index,
            $"this server has acknowledged entry {heartbeat.Commit}, and its log ends at {_log.Last.Index}: its directory is an old copy, "
                + $"or its disk has lost what was synced. Stop it, move its raft directory away, start it: it then joins as a new member");
        _log.CommitTo(Math.Max(_log.Commit, heartbeat.Commit));

        if (heartbeat.Stamp == 0)
        {
            return;
        }

        // It tells nothing of the log; only a term that is not on the disk yet must not be spoken in.
        List<RaftMessage> into = Term == _persistedState.Term ? _sendNow : _sendAfterPersist;
        into.Add(new HeartbeatReply(Self, heartbeat.From, Term, heartbeat.Stamp));
    }

    private void OnInstall(InstallSnapshot install)
    {
        HearLeader(install.From);
        LogPosition last = install.Meta.Last;
        if (last.Index > _log.Commit)
        {
            if (_log.Matches(last))
            {
                _log.CommitTo(last.Index);
            }
            else
            {
                _log.Install(install.Meta);
                _install = install.Meta;
                _loadedToApply.Clear();
            }
        }

        _sendAfterPersist.Add(new AppendAccepted(Self, install.From, Term, _log.Commit, install.Stamp));
    }

    private void HearLeader(VoterId leader)
    {
        Invariant.Check(Role != RaftRole.Leader, $"{leader} and this server both lead in term {Term}");
        Invariant.Check(Leader == VoterId.None || Leader == leader, $"{leader} and {Leader} both lead in term {Term}");
        Role = RaftRole.Follower;
        Leader = leader;
        _leaderHeardAt = _now;
        RestartElectionTimer();
    }
}
