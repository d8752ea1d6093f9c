using Discovery.Protocol;

namespace Discovery.Transport;

/// <summary>The transport of a server alone: there is nobody to send to.</summary>
internal sealed class NoPeers : IRaftTransport
{
    public void Send(RaftMessage message)
    {
    }

    public ValueTask<ProposalResult> ForwardAsync(VoterId leader, ForwardedProposal proposal, CancellationToken cancellationToken) =>
        ValueTask.FromResult(ProposalResult.NotApplied(ProposalRefusal.NoLeader));

    public Task SendSnapshotAsync(VoterId to, ulong term, SnapshotMeta meta, Stream snapshot, CancellationToken cancellationToken) =>
        throw new IOException("There are no other servers.");

    public bool HasUnread(VoterId from) => false;

    public string? NameOf(VoterId id) => null;
}
