using System.Collections.Concurrent;

namespace Discovery.Transport;

/// <summary>The proposals to one peer: any number at once, answered in any order.</summary>
internal sealed class ForwardSession(TransportOptions options)
    : LinkSession(new SendQueue(options.ProposalsMax, options.ProposalBytesMax))
{
    private readonly ConcurrentDictionary<ulong, ForwardRequest> _pending = new();
    private int _count;
    private long _bytes;

    public override bool IsWaiting => !_pending.IsEmpty;

    public override bool TryAdd(object item, long bytes, Lane lane)
    {
        var request = (ForwardRequest)item;
        bool isTooMany = Interlocked.Increment(ref _count) > options.ProposalsMax;
        bool isTooMuch = Interlocked.Add(ref _bytes, bytes) > options.ProposalBytesMax && bytes != Interlocked.Read(ref _bytes);
        _pending[request.Id] = request;
        if (!isTooMany && !isTooMuch && base.TryAdd(item, bytes, lane))
        {
            return true;
        }

        Forget(request);
        return false;
    }

    /// <summary>Nobody waits for it any more.</summary>
    public void Forget(ForwardRequest request)
    {
        if (_pending.TryRemove(request.Id, out _))
        {
            Interlocked.Decrement(ref _count);
            Interlocked.Add(ref _bytes, -request.Cost);
        }
    }

    public override ValueTask<bool> HandleAsync(FrameType type, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        if (type != FrameType.ProposalAnswer || !ProposalCodec.TryReadAnswer(content.Span, out ulong id, out ProposalResult result))
        {
            return ValueTask.FromResult(false);
        }

        // One that nobody waits for any more is no mistake of the other side.
        if (_pending.TryGetValue(id, out ForwardRequest? request))
        {
            Forget(request);
            request.Complete(result);
        }

        return ValueTask.FromResult(true);
    }

    public override void OnEnded(bool isStopping)
    {
        // First: a request is noted before it is queued, so each is either refused there or found here.
        Queue.Close();
        foreach (ForwardRequest request in _pending.Values.OrderBy(static request => request.Id))
        {
            Forget(request);
            request.End(
                isStopping ? ProposalRefusal.Stopped : ProposalRefusal.NoLeader,
                isStopping ? ProposalRefusal.Stopped : ProposalRefusal.LeadershipLost);
        }
    }
}
