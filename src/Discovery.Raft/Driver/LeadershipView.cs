using Discovery.Protocol;
using Discovery.Transport;

namespace Discovery.Driver;

/// <summary>Who leads, as this node tells its own parts. Written by the driver's loop.</summary>
internal sealed class LeadershipView
{
    private readonly Lock _lock = new();
    private readonly string _nodeName;
    private readonly IRaftTransport _transport;
    private readonly VoterId _self;
    private CancellationTokenSource _ended = new();
    private Leadership _current;
    private VoterId _leader;
    private TimeSpan _heardAt;
    private bool _isClosed;

    public LeadershipView(string nodeName, IRaftTransport transport, VoterId self)
    {
        _nodeName = nodeName;
        _transport = transport;
        _self = self;
        _current = new Leadership(0, null, isLeader: false, _ended.Token);
    }

    public Leadership Current => Volatile.Read(ref _current);

    /// <summary>The leader in office.</summary>
    public VoterId Leader
    {
        get
        {
            lock (_lock)
            {
                return _leader;
            }
        }
    }

    public TimeSpan Silence(TimeSpan now)
    {
        lock (_lock)
        {
            return _leader == _self ? TimeSpan.Zero : now - _heardAt;
        }
    }

    public void Follow(RaftCore core, bool isInOffice, TimeSpan now)
    {
        VoterId leader = core.Leader == _self && !isInOffice ? VoterId.None : core.Leader;
        bool isLeader = leader == _self;
        string? name = leader == VoterId.None ? null : isLeader ? _nodeName : _transport.NameOf(leader) ?? leader.Node.ToString("D");
        CancellationTokenSource? over = null;
        lock (_lock)
        {
            // Whoever led has heard the leader until now.
            _heardAt = leader == _self ? now : core.LeaderHeardAt > _heardAt ? core.LeaderHeardAt : _heardAt;
            _leader = leader;
            bool isSame = _current.Term == (long)core.Term && _current.IsLeader == isLeader && _current.Leader == name;
            if (!isSame && !_isClosed)
            {
                over = Replace(new CancellationTokenSource(), (long)core.Term, name, isLeader);
            }
        }

        over?.Cancel();
    }

    /// <summary>This node takes no part any more.</summary>
    public void Close()
    {
        CancellationTokenSource? over = null;
        lock (_lock)
        {
            if (!_isClosed)
            {
                _isClosed = true;
                _leader = VoterId.None;
                over = Replace(_ended, _current.Term, null, isLeader: false);
            }
        }

        over?.Cancel();
    }

    // The new view is there before the old one's token is cancelled: whoever wakes by it finds what has taken its place.
    private CancellationTokenSource Replace(CancellationTokenSource next, long term, string? leader, bool isLeader)
    {
        CancellationTokenSource over = _ended;
        _ended = next;
        Volatile.Write(ref _current, new Leadership(term, leader, isLeader, next.Token));
        return over;
    }
}
