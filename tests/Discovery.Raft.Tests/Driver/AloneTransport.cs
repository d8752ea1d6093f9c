using Discovery.Protocol;
using Discovery.Transport;

namespace Discovery.Driver;

/// <summary>The transport of a server that has no peers.</summary>
internal sealed class AloneTransport : IRaftTransport
{
    /// <summary>What becomes of a snapshot that is sent, by whom it is for; null where none is expected.</summary>
    public Func<VoterId, Task>? Snapshots { get; set; }

    public void Send(RaftMessage message) => throw new InvalidOperationException($"a server alone sends {message}");

    public ValueTask<ProposalResult> ForwardAsync(VoterId leader, ForwardedProposal proposal, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("a server alone forwards");

    public Task SendSnapshotAsync(VoterId to, ulong term, SnapshotMeta meta, Stream snapshot, CancellationToken cancellationToken) =>
        Snapshots?.Invoke(to) ?? throw new InvalidOperationException("a server alone sends a snapshot");

    public bool HasUnread(VoterId from) => false;

    public string? NameOf(VoterId id) => null;
}
