using Discovery.Protocol;

namespace Discovery.Transport;

/// <summary>What a server does with what others send: the other side of <see cref="IRaftTransport"/>.</summary>
internal interface IRaftReceiver
{
    /// <summary>Takes a message, or drops it when too many wait. Never waits.</summary>
    void Receive(RaftMessage message);

    /// <summary>The connection that a server sent messages over has ended, and it has opened no other.</summary>
    void Disconnected(VoterId from);

    /// <summary>Proposes what another server forwarded. A server that does not lead refuses; it does not forward again.</summary>
    ValueTask<ProposalResult> ProposeForwardedAsync(ForwardedProposal proposal, CancellationToken cancellationToken);

    /// <summary>Takes a snapshot: completes when it is whole on the disk, and the protocol knows of it.</summary>
    /// <exception cref="IOException">It did not come whole, or the disk said no.</exception>
    Task ReceiveSnapshotAsync(InstallSnapshot install, Stream snapshot, CancellationToken cancellationToken);
}
