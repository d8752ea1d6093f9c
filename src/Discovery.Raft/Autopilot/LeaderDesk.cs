using Discovery.Driver;
using Discovery.Protocol;
using Microsoft.Extensions.Logging;

namespace Discovery.Autopilot;

/// <summary>Does on the leader what operators ask for, on whichever server they ask.</summary>
internal sealed class LeaderDesk(RaftServer server, ClusterShow show, AutopilotParts parts, RaftOptions options)
{
    private const int TransferElections = 4;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    /// <summary>Carries it out; refused as any proposal is when this server does not lead.</summary>
    public async ValueTask<ProposalResult> HandleAsync(ushort call, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        Leadership leadership = server.Leadership;
        if (!leadership.IsLeader || server.Driver is not { } driver)
        {
            return ProposalResult.NotApplied(ProposalRefusal.NoLeader);
        }

        using var bound = new CancellationTokenSource(s_patience, parts.Runtime.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(bound.Token, leadership.Ended, cancellationToken);
        try
        {
            byte[]? answer = !OperatorCodec.TryReadRequest(body.Span, out Guid node, out string asker)
                ? throw new DiscoveryException(DiscoveryError.InvalidRequest, "The request of an operator is malformed.")
                : (OperatorCall)call switch
                {
                    OperatorCall.ReadConfiguration => await ReadAsync(driver, either.Token),
                    OperatorCall.ReadHealth =>
                        await show.HealthAsync(parts.Configuration, either.Token) is { } health ? OperatorCodec.Encode(health) : null,
                    OperatorCall.Remove => await RemoveAsync(driver, node, asker, either.Token),
                    OperatorCall.Transfer => await TransferAsync(driver, node, asker, cancellationToken),
                    _ => throw new DiscoveryException(DiscoveryError.InvalidRequest, $"The leader knows no request {call} of operators."),
                };
            return answer is null
                ? ProposalResult.NotApplied(ProposalRefusal.LeadershipLost)
                : ProposalResult.Applied(new CommandOutcome(0, CommandStatus.Applied, answer));
        }
        catch (DiscoveryException e)
        {
            return ProposalResult.Applied(new CommandOutcome(0, CommandStatus.Applied, OperatorCodec.Refusal(e)));
        }
        catch (OperationCanceledException)
        {
            return cancellationToken.IsCancellationRequested ? ProposalResult.Unknown(ProposalRefusal.Cancelled)
                : leadership.Ended.IsCancellationRequested ? ProposalResult.Unknown(ProposalRefusal.LeadershipLost)
                : ProposalResult.Unknown(ProposalRefusal.Overloaded);
        }
    }

    /// <summary>Members as operators see them, while nobody leads.</summary>
    public IReadOnlyList<ClusterServer> Show(RaftConfiguration members) => show.Show(members, 0, VoterId.None).Servers;

    /// <summary>Whether what is committed is on this leader's disk only.</summary>
    public void SingleCopy(bool isSingle) => parts.Metrics.SingleCopy(isSingle);

    private async Task<byte[]?> ReadAsync(RaftDriver driver, CancellationToken cancellationToken) =>
        await MemberChanger.SettleAsync(driver, cancellationToken)
            ? OperatorCodec.Encode(show.Configuration())
            : null;

    private async Task<byte[]?> RemoveAsync(RaftDriver driver, Guid node, string asker, CancellationToken cancellationToken)
    {
        while (true)
        {
            RaftConfiguration now = await driver.CallAsync(static (core, _) => core.Configuration, cancellationToken);
            RaftMember[] gone = [.. now.Members.Where(member => member.Id.Node == node)];
            if (gone.Length == 0)
            {
                throw new DiscoveryException(DiscoveryError.NotFound, $"There is no server {node:D} in the cluster.");
            }

            if (!now.Members.Any(member => member.Role == MemberRole.Voter && member.Id.Node != node))
            {
                throw new DiscoveryException(
                    DiscoveryError.InvalidRequest, $"Server {node:D} is the last voter and stays: without it the state would be nobody's.");
            }

            if (node == driver.Self.Node)
            {
                // The next leader is asked again.
                _ = await TransferAsync(driver, Guid.Empty, asker, cancellationToken);
                return null;
            }

            string what = $"{show.NameOf(gone[0].Id)} is removed, as {asker} asked";
            (ProposeStatus status, bool isInForce) = await MemberChanger.ChangeAsync(
                driver, members => [.. members.Members.Where(member => member.Id.Node != node)], cancellationToken);
            if (isInForce)
            {
                parts.Metrics.Changed(ChangeKind.Removal);
                Log.Changed(
                    parts.Logger, what, now.Members.Count(member => member.Votes && member.Id.Node != node),
                    now.Members.Count(member => !member.Votes && member.Id.Node != node));
                return OperatorCodec.Done();
            }

            if (status != ProposeStatus.ChangePending || !await MemberChanger.SettleAsync(driver, cancellationToken))
            {
                return null;
            }
        }
    }

    private async Task<byte[]?> TransferAsync(RaftDriver driver, Guid node, string asker, CancellationToken cancellationToken)
    {
        if (node == driver.Self.Node)
        {
            return OperatorCodec.Done();
        }

        CancellationToken ended = server.Leadership.Ended;
        (bool isKnown, MemberRole role, bool isBegun) = await driver.CallAsync(
            (core, now) =>
            {
                RaftMember to = core.Configuration.Members.FirstOrDefault(member => member.Id.Node == node);
                bool isThere = node == Guid.Empty || to.Role == MemberRole.Voter;
                return (isThere, to.Role, isThere && core.TransferLeadership(to.Id, now));
            },
            cancellationToken);
        if (role == MemberRole.Witness)
        {
            throw new DiscoveryException(
                DiscoveryError.InvalidRequest, $"Server {node:D} is a witness: it keeps no state and never leads.");
        }

        if (!isKnown)
        {
            throw new DiscoveryException(DiscoveryError.NotFound, $"There is no server {node:D} in the cluster that may lead.");
        }

        Log.Transfers(parts.Logger, node == Guid.Empty ? "whoever lacks least" : node.ToString("D"), asker);
        using var bound = new CancellationTokenSource(options.ElectionTimeout * TransferElections, parts.Runtime.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(bound.Token, ended, cancellationToken);
        try
        {
            await Task.Delay(isBegun ? Timeout.InfiniteTimeSpan : TimeSpan.Zero, parts.Runtime.Time, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Another leads, or nobody took over in time.
        }

        return ended.IsCancellationRequested ? OperatorCodec.Done() : throw new DiscoveryException(
            DiscoveryError.Overloaded, "This leader goes on: no other voter has caught up and taken over in time.");
    }
}
