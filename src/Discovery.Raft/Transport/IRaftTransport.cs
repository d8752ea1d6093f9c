using Discovery.Protocol;

namespace Discovery.Transport;

/// <summary>How a server reaches the others.</summary>
internal interface IRaftTransport
{
    /// <summary>Sends, or drops when the peer is not reached or its queue is full: the protocol asks again. Never waits.</summary>
    void Send(RaftMessage message);

    /// <summary>Has another server propose a command, and waits for the outcome there.</summary>
    /// <returns><see cref="ProposalOutcome.NotApplied"/> when it was surely not sent, <see cref="ProposalOutcome.Unknown"/> when the answer
    /// was lost.</returns>
    ValueTask<ProposalResult> ForwardAsync(VoterId leader, ForwardedProposal proposal, CancellationToken cancellationToken);

    /// <summary>Sends a snapshot and completes when the peer has it whole on its disk.</summary>
    /// <param name="to">The peer.</param>
    /// <param name="term">The leader's term.</param>
    /// <param name="meta">What the snapshot stands for.</param>
    /// <param name="snapshot">Its bytes; disposed by the caller.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">It did not get there.</exception>
    Task SendSnapshotAsync(VoterId to, ulong term, SnapshotMeta meta, Stream snapshot, CancellationToken cancellationToken);

    /// <summary>Whether a server has sent something that is here and was not handed on yet: this side is behind with reading.</summary>
    bool HasUnread(VoterId from);

    /// <summary>The node name of a server; null while it has not been heard from.</summary>
    string? NameOf(VoterId id);
}
