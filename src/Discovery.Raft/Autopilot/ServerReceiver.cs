using Discovery.Driver;
using Discovery.Protocol;
using Discovery.Transport;

namespace Discovery.Autopilot;

/// <summary>Takes what other servers send: what operators ask of the leader goes to its desk, all else to the log.</summary>
internal sealed class ServerReceiver(RaftDriver driver, Func<LeaderDesk> desk) : IRaftReceiver
{
    public void Receive(RaftMessage message) => driver.Receive(message);

    public void Disconnected(VoterId from) => driver.Disconnected(from);

    public ValueTask<ProposalResult> ProposeForwardedAsync(ForwardedProposal proposal, CancellationToken cancellationToken) =>
        proposal.Kind == EntryKind.Operation
            ? desk().HandleAsync(proposal.CommandId, proposal.Body, cancellationToken)
            : driver.ProposeForwardedAsync(proposal, cancellationToken);

    public Task ReceiveSnapshotAsync(InstallSnapshot install, Stream snapshot, CancellationToken cancellationToken) =>
        driver.ReceiveSnapshotAsync(install, snapshot, cancellationToken);
}
