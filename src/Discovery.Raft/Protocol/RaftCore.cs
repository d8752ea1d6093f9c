namespace Discovery.Protocol;

/// <summary>
/// Raft (Ongaro, "Consensus: Bridging Theory and Practice", 2014) as a plain object: inputs change it, <see cref="TakeReady"/> says what is
/// to be done. No thread, clock, socket, file or task.
/// </summary>
/// <remarks>
/// Times are those of the caller's monotonic clock. What differs from the paper: pre-votes; a follower protects a leader that it has heard
/// from; a leader without a majority steps down; it counts itself only once its own disk has an entry; peers that are behind are sent
/// entries ahead of their acknowledgement. Not thread-safe: one loop owns it.
/// </remarks>
internal sealed partial class RaftCore
{
    private readonly RaftCoreOptions _options;
    private readonly Queue<Written> _writing = new();
    private readonly List<RaftMessage> _sendNow = [];
    private readonly List<RaftMessage> _sendAfterPersist = [];
    private readonly List<LoadRequest> _loads = [];
    private readonly List<RaftMember> _snapshots = [];
    private readonly List<ReadAnswer> _reads = [];
    private readonly List<LogEntry> _loadedToApply = [];
    private readonly Queue<(ulong Last, long Bytes)> _applying = new();
    private readonly RaftLog _log;
    private Jitter _jitter;
    private SnapshotMeta? _install;
    private HardState _state;
    private HardState _handedState;
    private HardState _persistedState;
    private ulong _sequence;
    private long _applyingBytes;
    private bool _isLoadingToApply;
    private TimeSpan _now;

    /// <summary>Starts a server with what its disk has.</summary>
    /// <param name="self">Who this is.</param>
    /// <param name="recovered">What was found; its snapshot is the state machine's state already.</param>
    /// <param name="options">Limits and times.</param>
    /// <param name="seed">Decides the election timeouts and where numbers of reads begin; another one at each start.</param>
    /// <param name="now">The time.</param>
    public RaftCore(VoterId self, RecoveredLog recovered, RaftCoreOptions options, ulong seed, TimeSpan now)
    {
        Self = self;
        _options = options;
        _log = new RaftLog(recovered, options);
        _state = _handedState = _persistedState = recovered.State;
        _jitter = new Jitter(seed);
        _now = now;

        // The answer to a read of before a restart must not be taken for one of now, although the caller counts anew.
        _firstRead = (ulong)_jitter.Next(TimeSpan.MaxValue).Ticks;

        // A server that restarts may have promised the leader of a moment ago not to vote: it keeps that promise without remembering it.
        _leaderHeardAt = now;
        _electionAt = IsAlone ? now : now + options.ElectionTimeout + _jitter.Next(options.ElectionTimeout);
    }

    public VoterId Self { get; }

    public RaftRole Role { get; private set; }

    public ulong Term => _state.Term;

    /// <summary>Who leads in this term, or <see cref="VoterId.None"/>.</summary>
    public VoterId Leader { get; private set; }

    public ulong Commit => _log.Commit;

    public ulong Applied => _log.Applied;

    public ulong Persisted => _log.Persisted;

    public LogPosition Last => _log.Last;

    public LogPosition Start => _log.Start;

    public RaftConfiguration Configuration => _log.Configuration.Configuration;

    /// <summary>Whether the configuration in force is committed.</summary>
    public bool IsConfigurationCommitted => _log.Configuration.Index <= _log.Commit;

    /// <summary>The configuration in force, and the entry that brought it.</summary>
    public ConfigurationEntry Members => _log.Configuration;

    /// <summary>When a leader was last heard.</summary>
    public TimeSpan LeaderHeardAt => _leaderHeardAt;

    /// <summary>When <see cref="Tick"/> has something to do at the latest.</summary>
    public TimeSpan NextDeadline => Role == RaftRole.Leader ? _heartbeatAt : _electionAt;

    private bool IsAlone => Configuration.Votes(Self) && Quorum.IsReached(Configuration, id => id == Self);

    /// <summary>Time has passed.</summary>
    public void Tick(TimeSpan now)
    {
        Advance(now);
        if (Role == RaftRole.Leader)
        {
            TickLeader();
        }
        else
        {
            TickFollower();
        }
    }

    /// <summary>A message has come. What is not meant for this server, or of a term that is over, changes nothing.</summary>
    public void Step(RaftMessage message, TimeSpan now)
    {
        if (message.To != Self || message.From == Self)
        {
            return;
        }

        Advance(now);
        if (!IsWelcome(message))
        {
            return;
        }

        if (message.Term > Term && !IsOfFuture(message))
        {
            BecomeFollower(message.Term, IsOfLeader(message) ? message.From : VoterId.None);
        }

        if (message.Term < Term)
        {
            AnswerOldTerm(message);
            return;
        }

        switch (message)
        {
            case AppendRequest append:
                OnAppend(append);
                break;
            case Heartbeat heartbeat:
                OnHeartbeat(heartbeat);
                break;
            case InstallSnapshot install:
                OnInstall(install);
                break;
            case VoteRequest vote:
                OnVoteRequest(vote);
                break;
            case VoteReply vote:
                OnVoteReply(vote);
                break;
            case TimeoutNow:
                OnTimeoutNow(message.From);
                break;
            case ReadIndexReply read:
                _reads.Add(new ReadAnswer(read.Id - _firstRead, read.IsReached, read.Index));
                break;
            default:
                StepLeader(message);
                break;
        }
    }

    private static bool IsOfLeader(RaftMessage message) => message is AppendRequest or Heartbeat or InstallSnapshot;

    // The term of a pre-vote has not begun: neither the question nor a favourable answer begins it.
    private static bool IsOfFuture(RaftMessage message) =>
        message is VoteRequest { IsPreVote: true } or VoteReply { IsPreVote: true, IsGranted: true };

    // A candidate that a leader's followers hear of must not end that leader's term (thesis, section 4.2.3).
    private bool IsWelcome(RaftMessage message) => message is not VoteRequest { IsPreVote: false, IsTransfer: false } || !HearsLeader;

    // The sender does not know that its term is over, or stands alone in a later one and must be told of it.
    private void AnswerOldTerm(RaftMessage message)
    {
        RaftMessage? answer = message switch
        {
            AppendRequest append => new AppendRejected(Self, append.From, Term, append.Previous.Index, LogPosition.Zero, 0),
            Heartbeat or InstallSnapshot => new HeartbeatReply(Self, message.From, Term, 0),
            VoteRequest vote => new VoteReply(Self, vote.From, Term, vote.IsPreVote, IsGranted: false),
            _ => null,
        };
        if (answer is not null)
        {
            _sendAfterPersist.Add(answer);
        }
    }

    private void Advance(TimeSpan now) => _now = now > _now ? now : _now;

    private void BecomeFollower(ulong term, VoterId leader)
    {
        if (Role == RaftRole.Leader)
        {
            EndLeadership();
        }

        if (term > Term)
        {
            _state = new HardState(term, VoterId.None);
        }

        Role = RaftRole.Follower;
        Leader = leader;
        RestartElectionTimer();
    }
}
