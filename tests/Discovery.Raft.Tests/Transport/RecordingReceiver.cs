using Discovery.Protocol;

namespace Discovery.Transport;

/// <summary>Keeps what comes, and does with proposals and snapshots what a test says.</summary>
internal sealed class RecordingReceiver : IRaftReceiver
{
    private readonly Lock _lock = new();
    private readonly List<RaftMessage> _messages = [];

    /// <summary>The messages so far, in order.</summary>
    public IReadOnlyList<RaftMessage> Messages
    {
        get
        {
            lock (_lock)
            {
                return [.. _messages];
            }
        }
    }

    /// <summary>Whose connections for messages have ended.</summary>
    public List<VoterId> Disconnected { get; } = [];

    public List<ForwardedProposal> Proposals { get; } = [];

    /// <summary>What is done at a message.</summary>
    public Action<RaftMessage>? OnMessage { get; set; }

    public Func<ForwardedProposal, CancellationToken, ValueTask<ProposalResult>> Propose { get; set; } =
        static (proposal, _) => ValueTask.FromResult(
            ProposalResult.Applied(new CommandOutcome(proposal.Sequence, CommandStatus.Applied, proposal.Body)));

    public Func<InstallSnapshot, Stream, CancellationToken, Task> TakeSnapshot { get; set; } = static (_, _, _) => Task.CompletedTask;

    public void Receive(RaftMessage message)
    {
        lock (_lock)
        {
            _messages.Add(message);
        }

        OnMessage?.Invoke(message);
    }

    void IRaftReceiver.Disconnected(VoterId from)
    {
        lock (_lock)
        {
            Disconnected.Add(from);
        }
    }

    public ValueTask<ProposalResult> ProposeForwardedAsync(ForwardedProposal proposal, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            Proposals.Add(proposal);
        }

        return Propose(proposal, cancellationToken);
    }

    public Task ReceiveSnapshotAsync(InstallSnapshot install, Stream snapshot, CancellationToken cancellationToken) =>
        TakeSnapshot(install, snapshot, cancellationToken);
}
