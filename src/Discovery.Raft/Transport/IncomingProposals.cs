using Microsoft.Extensions.Logging;

namespace Discovery.Transport;

/// <summary>The proposals that one peer forwards: each goes to the log at once, and its outcome back when it is known.</summary>
internal sealed class IncomingProposals(
    IRaftReceiver receiver, string name, SendQueue answers, TransportOptions options, TransportMetrics metrics, ILogger logger)
    : IFrameHandler
{
    private int _count;
    private long _bytes;

    /// <summary>Ends the connection, because an answer cannot be sent: who waits for it is told so by that.</summary>
    public Action<string>? EndConnection { get; set; }

    public ValueTask<bool> HandleAsync(FrameType type, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        if (type != FrameType.Proposal || !ProposalCodec.TryRead(content.Span, out ulong id, out ForwardedProposal proposal))
        {
            metrics.Malformed();
            return ValueTask.FromResult(false);
        }

        metrics.ReceivedProposal();
        bool isTooMuch = _count > 0 && Interlocked.Read(ref _bytes) + proposal.Body.Length > options.ProposalBytesMax;
        if (_count >= options.ProposalsMax || isTooMuch)
        {
            Answer(id, ProposalResult.NotApplied(ProposalRefusal.Overloaded));
        }
        else
        {
            Interlocked.Increment(ref _count);
            Interlocked.Add(ref _bytes, proposal.Body.Length);
            _ = ProposeAsync(id, proposal, cancellationToken);
        }

        return ValueTask.FromResult(true);
    }

    private async Task ProposeAsync(ulong id, ForwardedProposal proposal, CancellationToken cancellationToken)
    {
        ProposalResult result;
        try
        {
            result = await receiver.ProposeForwardedAsync(proposal, cancellationToken);
        }
        catch (Exception e)
        {
            Log.ProposalFailed(logger, name, e);
            result = ProposalResult.Unknown(ProposalRefusal.Faulted);
        }

        Interlocked.Decrement(ref _count);
        Interlocked.Add(ref _bytes, -proposal.Body.Length);
        Answer(id, result);
    }

    private void Answer(ulong id, ProposalResult result)
    {
        long bytes = 64 + result.Command.Result.Length;
        Lane lane = bytes > FrameFormat.ContentBytesMax ? Lane.Slow : Lane.Quick;
        if (!answers.TryAdd(new ForwardAnswer(id, result), bytes, lane))
        {
            EndConnection?.Invoke("it does not take the answers to what it asks");
        }
    }
}
