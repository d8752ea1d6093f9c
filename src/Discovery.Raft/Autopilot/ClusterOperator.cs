using Discovery.Driver;
using Discovery.Protocol;
using Discovery.Transport;

namespace Discovery.Autopilot;

/// <summary>Looks at the servers of the cluster and changes them: what the leader must do is sent to it.</summary>
internal sealed class ClusterOperator(RaftServer server, LeaderDesk desk, ClusterShow show, NodeRuntime runtime) : IClusterOperator
{
    // A read changes nothing and is held as long as Consul holds it (rpc_hold_timeout); a change may need an election in between.
    private static readonly TimeSpan s_readPatience = TimeSpan.FromSeconds(7);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_retry = TimeSpan.FromMilliseconds(100);

    public ClusterConfiguration Configuration => show.Configuration();

    public async ValueTask<ClusterConfiguration> ReadConfigurationAsync(CancellationToken cancellationToken = default)
    {
        ReadOnlyMemory<byte> answer = await CallAsync(OperatorCall.ReadConfiguration, Guid.Empty, cancellationToken);
        return OperatorCodec.TryRead(answer.Span, out ClusterConfiguration configuration) ? configuration : throw Malformed();
    }

    public async ValueTask<ClusterHealth> ReadHealthAsync(CancellationToken cancellationToken = default)
    {
        ReadOnlyMemory<byte> answer = await CallAsync(OperatorCall.ReadHealth, Guid.Empty, cancellationToken);
        return OperatorCodec.TryRead(answer.Span, out ClusterHealth health) ? health : throw Malformed();
    }

    public async ValueTask RemoveServerAsync(Guid nodeId, CancellationToken cancellationToken = default) =>
        await CallAsync(OperatorCall.Remove, nodeId, cancellationToken);

    public async ValueTask TransferLeadershipAsync(Guid? nodeId = null, CancellationToken cancellationToken = default) =>
        await CallAsync(OperatorCall.Transfer, nodeId ?? Guid.Empty, cancellationToken);

    public async ValueTask LeaveAsync(CancellationToken cancellationToken = default)
    {
        if (server.Driver is not { } driver)
        {
            throw new DiscoveryException(DiscoveryError.InvalidRequest, "This server belongs to no cluster yet.");
        }

        try
        {
            await CallAsync(OperatorCall.Remove, driver.Self.Node, cancellationToken);
        }
        catch (DiscoveryException e) when (e.Error == DiscoveryError.NotFound)
        {
            // It has left already, or an answer was lost.
        }

        await server.LeaveAsync();
    }

    public ValueTask<RecoveryReport> RecoverAsync(string reason, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        return new ValueTask<RecoveryReport>(server.RecoverAsync(reason, cancellationToken));
    }

    private async Task<ReadOnlyMemory<byte>> CallAsync(OperatorCall call, Guid node, CancellationToken cancellationToken)
    {
        var request = new ForwardedProposal(
            EntryKind.Operation, (ushort)call, Guid.Empty, 0, OperatorCodec.Request(node, server.NodeName));
        bool isRead = call is OperatorCall.ReadConfiguration or OperatorCall.ReadHealth;
        using var bound = new CancellationTokenSource(isRead ? s_readPatience : s_patience, runtime.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(bound.Token, cancellationToken);
        bool mayBeDone = false;
        try
        {
            while (true)
            {
                ProposalResult result = await AskAsync(request, either.Token);
                if (result.Outcome == ProposalOutcome.Applied)
                {
                    DiscoveryException? refusal = OperatorCodec.TryReadRefusal(result.Command.Result.Span, out bool isAnswer);

                    // What is not there any more was removed by the try before this one.
                    bool isDone = mayBeDone && call == OperatorCall.Remove && refusal?.Error == DiscoveryError.NotFound;
                    return refusal is null || isDone ? isAnswer ? result.Command.Result : throw Malformed() : throw refusal;
                }

                mayBeDone |= result.Outcome == ProposalOutcome.Unknown;
                if (result.Refusal is ProposalRefusal.Stopped or ProposalRefusal.Faulted)
                {
                    throw server.Fault as DiscoveryException
                        ?? new DiscoveryException(DiscoveryError.Stopped, "This server takes no part in the cluster any more.");
                }

                await Task.Delay(s_retry, runtime.Time, either.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw mayBeDone
                ? new DiscoveryException(DiscoveryError.OutcomeUnknown, "The leader has not answered in time.", WriteOutcome.Unknown)
                : new DiscoveryException(DiscoveryError.NoLeader, "There is no leader that could do it.");
        }
    }

    private async Task<ProposalResult> AskAsync(ForwardedProposal request, CancellationToken cancellationToken)
    {
        if (server.Driver is not { } driver)
        {
            return ProposalResult.NotApplied(ProposalRefusal.NoLeader);
        }

        if (driver.IsStopped)
        {
            return ProposalResult.NotApplied(ProposalRefusal.Stopped);
        }

        VoterId leader = driver.Leader;
        return leader == driver.Self ? await desk.HandleAsync(request.CommandId, request.Body, cancellationToken)
            : leader == VoterId.None || server.Transport is not { } transport ? ProposalResult.NotApplied(ProposalRefusal.NoLeader)
            : await transport.ForwardAsync(leader, request, cancellationToken);
    }

    private static DiscoveryException Malformed() =>
        new(DiscoveryError.Faulted, "The leader has answered what this server cannot read: give both the same version.");
}
