using System.Collections.Concurrent;
using Discovery.Protocol;

namespace Discovery.Transport;

/// <summary>Carries messages, proposals and snapshots between servers, over the node's RPC port.</summary>
/// <remarks>
/// To each peer there are up to two connections that last, opened when they are needed: one for the messages of the protocol, one for
/// forwarded proposals and their outcomes. A snapshot has one of its own. So a large one of a kind never stands before one of another
/// kind, and within a connection it is cut into pieces that heartbeats go between.
/// </remarks>
internal sealed class RaftTransport : IRaftTransport, IIntroducer, IAsyncDisposable
{
    private readonly TransportParts _parts;
    private readonly PeerNames _names;
    private readonly ReassemblyBudget _budget;
    private readonly PeerDialer _dialer;
    private readonly SnapshotSender _snapshots;
    private readonly IncomingConnections _incoming;
    private readonly ConcurrentDictionary<(VoterId, Purpose), PeerLink> _links = new();
    private readonly CancellationTokenSource _stopping = new();
    private long _lastRequest;

    public RaftTransport(TransportParts parts)
    {
        _parts = parts;
        _names = new PeerNames(parts.Options.PeersMax);
        _budget = new ReassemblyBudget(parts.Options.ReassemblyBytesMax);
        _dialer = new PeerDialer(parts, _names, _stopping.Token);
        _snapshots = new SnapshotSender(parts, _dialer, _budget);
        _incoming = new IncomingConnections(parts, _names, _budget, _stopping.Token);
    }

    /// <summary>The bytes of half-received messages.</summary>
    public long ReassemblyBytes => _budget.Used;

    /// <summary>How many connections of peers are served now.</summary>
    public int IncomingCount => _incoming.Count;

    /// <summary>From here on what peers send goes to the log.</summary>
    public void Start(IRaftReceiver receiver) => _incoming.Receiver = receiver;

    public void Send(RaftMessage message)
    {
        Invariant.Check(message.From == _parts.Identity.Self, "a message in the name of another server");
        long cost = MessageCodec.CostOf(message);
        if (cost > _parts.Options.MessageBytesMax)
        {
            _parts.Metrics.Dropped("too_large");
            Log.TooLarge(_parts.Logger, _names.Tell(message.To), cost, _parts.Options.MessageBytesMax);
            return;
        }

        // Appends keep their order among each other, whatever their length; everything else goes before them.
        Lane lane = message is AppendRequest ? Lane.Slow : Lane.Quick;
        SendOutcome outcome = LinkTo(message.To, Purpose.Messages)?.TryAdd(message, cost, lane, out _) ?? SendOutcome.Unreachable;
        if (outcome == SendOutcome.Added)
        {
            _parts.Metrics.SentMessage(MessageCodec.KindOf(message));
        }
        else
        {
            _parts.Metrics.Dropped(outcome == SendOutcome.Full ? "full" : "unreachable");
        }
    }

    public async ValueTask<ProposalResult> ForwardAsync(
        VoterId leader, ForwardedProposal proposal, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ProposalResult.NotApplied(ProposalRefusal.Cancelled);
        }

        var request = new ForwardRequest((ulong)Interlocked.Increment(ref _lastRequest), proposal);
        if (request.Cost > _parts.Options.MessageBytesMax)
        {
            return ProposalResult.NotApplied(ProposalRefusal.TooLarge);
        }

        Lane lane = request.Cost > FrameFormat.ContentBytesMax ? Lane.Slow : Lane.Quick;
        LinkSession? session = null;
        switch (LinkTo(leader, Purpose.Proposals)?.TryAdd(request, request.Cost, lane, out session) ?? SendOutcome.Unreachable)
        {
            case SendOutcome.Full:
                return ProposalResult.NotApplied(ProposalRefusal.Overloaded);
            case SendOutcome.Unreachable:
                return ProposalResult.NotApplied(ProposalRefusal.NoLeader);
            case SendOutcome.Stopped:
                return ProposalResult.NotApplied(ProposalRefusal.Stopped);
        }

        _parts.Metrics.SentProposal();
        await using (cancellationToken.UnsafeRegister(
            static state => ((ForwardRequest)state!).End(ProposalRefusal.Cancelled, ProposalRefusal.Cancelled), request))
        {
            ProposalResult result = await request.Answer;
            ((ForwardSession)session!).Forget(request);
            return result;
        }
    }

    public async Task SendSnapshotAsync(
        VoterId to, ulong term, SnapshotMeta meta, Stream snapshot, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token);
        await _snapshots.SendAsync(new InstallSnapshot(_parts.Identity.Self, to, term, meta, 0), snapshot, either.Token);
    }

    public Task<Hello> AskAsync(PeerAddress address, FormationVote? vote, CancellationToken cancellationToken) =>
        _dialer.AskAsync(address, vote, cancellationToken);

    public bool HasUnread(VoterId from) => _incoming.HasUnread(from);

    public string? NameOf(VoterId id) => _names.Find(id);

    /// <summary>Serves a connection that has begun with <see cref="PeerDialer.Protocol"/>.</summary>
    public Task ServeAsync(NodeConnection connection, CancellationToken cancellationToken) =>
        _incoming.ServeAsync(connection, cancellationToken);

    /// <summary>Ends all connections; nothing is sent nor served any more.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_links.Values.Select(static link => link.Ended));
    }

    private PeerLink? LinkTo(VoterId peer, Purpose purpose)
    {
        if (_links.TryGetValue((peer, purpose), out PeerLink? link))
        {
            return link;
        }

        if (_links.Count >= 2 * _parts.Options.PeersMax)
        {
            ForgetInactive();
            if (_links.Count >= 2 * _parts.Options.PeersMax)
            {
                return null;
            }
        }

        return _links.GetOrAdd((peer, purpose), static (key, self) => self.CreateLink(key.Item1, key.Item2), this);
    }

    private PeerLink CreateLink(VoterId peer, Purpose purpose) => new(
        _parts,
        _dialer,
        _names,
        new LinkTarget(peer, purpose, _budget),
        purpose == Purpose.Messages
            ? () => new MessageSession(_parts.Options, _parts.Metrics)
            : () => new ForwardSession(_parts.Options),
        _stopping.Token);

    private void ForgetInactive()
    {
        foreach (((VoterId, Purpose) key, PeerLink link) in _links)
        {
            if (!link.IsActive)
            {
                _links.TryRemove(key, out _);
            }
        }
    }
}
