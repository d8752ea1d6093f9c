using System.Threading.Channels;

namespace Discovery.Driver;

/// <summary>Proposals on their way to the driver: bounded in number and in bytes.</summary>
internal sealed class ProposalQueue(int length, long bytesMax)
{
    private readonly Channel<RaftProposal> _channel = Channel.CreateBounded<RaftProposal>(
        new BoundedChannelOptions(length) { SingleReader = true });

    private long _bytes;

    /// <summary>Puts it in, or answers it with the reason why not.</summary>
    public bool TryEnqueue(RaftProposal proposal)
    {
        int bytes = proposal.Entry.Length;
        if (Interlocked.Add(ref _bytes, bytes) - bytes < bytesMax && _channel.Writer.TryWrite(proposal))
        {
            return true;
        }

        Interlocked.Add(ref _bytes, -bytes);

        // A bounded channel refuses a write when it is full and when it is completed; waiting tells the two apart without waiting.
        ValueTask<bool> canWrite = _channel.Writer.WaitToWriteAsync(CancellationToken.None);
        bool isCompleted = canWrite.IsCompletedSuccessfully && !canWrite.Result;
        proposal.Complete(ProposalResult.NotApplied(isCompleted ? ProposalRefusal.Stopped : ProposalRefusal.Overloaded));
        return false;
    }

    /// <summary>Takes the next one that its caller has not given up.</summary>
    public bool TryTake(out RaftProposal proposal)
    {
        while (_channel.Reader.TryRead(out RaftProposal? next))
        {
            Interlocked.Add(ref _bytes, -next.Entry.Length);
            if (next.TryTake())
            {
                proposal = next;
                return true;
            }

            next.Complete(ProposalResult.NotApplied(ProposalRefusal.Cancelled));
        }

        proposal = null!;
        return false;
    }

    public void Complete() => _channel.Writer.TryComplete();

    /// <summary>Answers everything that is in it.</summary>
    public void Refuse(ProposalRefusal refusal)
    {
        while (TryTake(out RaftProposal proposal))
        {
            proposal.Complete(ProposalResult.NotApplied(refusal));
        }
    }
}
