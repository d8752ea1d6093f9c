using Discovery.Protocol;
using Discovery.Transport;

namespace Discovery.Driver;

/// <summary>Who leads, as this node tells its own parts. Written by the driver's loop.</summary>
internal sealed class LeadershipView(string nodeName, IRaftTransport transport, VoterId self)
{
    private readonly Lock _lock = new();
    private CancellationTokenSource _ended = new();
    private Leadership _current = new(0, null, isLeader: false, CancellationToken.None);
    private VoterId _leader;
    private TimeSpan _heardAt;
    private bool _isClosed;

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
            return _leader == self ? TimeSpan.Zero : now - _heardAt;
        }
    }

    public void Follow(RaftCore core, bool isInOffice)
    {
        VoterId leader = core.Leader == self && !isInOffice ? VoterId.None : core.Leader;
        bool isLeader = leader == self;
        string? name = leader == VoterId.None ? null : isLeader ? nodeName : transport.NameOf(leader) ?? leader.Node.ToString("D");
        CancellationTokenSource? over = null;
        lock (_lock)
        {
            _heardAt = core.LeaderHeardAt;
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
