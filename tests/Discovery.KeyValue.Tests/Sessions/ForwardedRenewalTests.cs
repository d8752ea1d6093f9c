using System.Net;
using Discovery.Testing;

namespace Discovery.Sessions;

/// <summary>A renewal on a node that does not lead.</summary>
public sealed class ForwardedRenewalTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Renew_OnANodeWhoseStateFallsBehind_IsNoRenewal(bool keepsUp)
    {
        var kernel = new SimulationKernel();
        kernel.Run(async () =>
        {
            await using var node = new KeyValueNode(kernel);
            await node.AddNodeAsync("n1");
            SessionEntry session = await node.Sessions.CreateAsync(new SessionCreation { Lease = TimeSpan.FromSeconds(3) });
            var follower = new Follower(node.Log, keepsUp);
            var forwarder = new RenewalForwarder(follower, new Members(), new Leader(), new CallScope("dc1"));
            var renewals = new LeaseRenewals(node.Module, follower, node.Leases, forwarder);

            ValueTask<SessionEntry?> renewal = renewals.RenewAsync(session.Id, default);
            if (keepsUp)
            {
                Assert.Equal(session.Id, (await renewal)!.Id);
            }
            else
            {
                DiscoveryException e = await Assert.ThrowsAsync<DiscoveryException>(async () => await renewal);
                Assert.Equal(DiscoveryError.NoLeader, e.Error);
            }
        });
    }

    /// <summary>The node's log as one sees it that follows, and may not get what its leader has.</summary>
    private sealed class Follower(ICommandLog inner, bool keepsUp) : ICommandLog
    {
        public StateMachine StateMachine => inner.StateMachine;

        public Leadership Leadership { get; } = new(1, "n2", isLeader: false, CancellationToken.None);

        public TimeSpan LastContact => inner.LastContact;

        public int CommandBytesMax => inner.CommandBytesMax;

        public TimeSpan ClusterTime => inner.ClusterTime;

        public ValueTask<ProposalResult> ProposeAsync(CommandProposal proposal, CancellationToken cancellationToken = default) =>
            inner.ProposeAsync(proposal, cancellationToken);

        public ValueTask<ReadBarrierResult> ReadBarrierAsync(
            ReadConsistency consistency, CancellationToken cancellationToken = default) => ValueTask.FromResult(
                new ReadBarrierResult(keepsUp, StateMachine.Current.Index, keepsUp ? ProposalRefusal.None : ProposalRefusal.NoLeader));

        public ValueTask<ProposalResult> RestoreAsync(Stream snapshot, Guid lineage, CancellationToken cancellationToken = default) =>
            inner.RestoreAsync(snapshot, lineage, cancellationToken);
    }

    /// <summary>Renews whatever it is asked to.</summary>
    private sealed class Leader : IRpcClient
    {
        public ValueTask<ReadOnlyMemory<byte>> CallAsync(
            IReadOnlyList<DnsEndPoint> servers,
            string method,
            ReadOnlyMemory<byte> body,
            RpcCallOptions? options = null,
            CancellationToken cancellationToken = default) =>
            ValueTask.FromResult<ReadOnlyMemory<byte>>((byte[])[0x81, 0xa8, .. "Sessions"u8, 0x91, 0xc0]);
    }

    private sealed class Members : IMembershipSource
    {
        IReadOnlyList<Member> IMembershipSource.Members { get; } =
        [
            new Member
            {
                Name = "n2",
                Address = "10.0.0.2",
                Tags = new Dictionary<string, string>(StringComparer.Ordinal) { ["port"] = "8300" },
            },
        ];

        public IReadOnlyList<Member> WanMembers => [];

        public ValueTask WaitForChangeAsync(IReadOnlyList<Member> seen, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public ValueTask<int> JoinAsync(
            IReadOnlyList<string> addresses, MemberPool pool, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public ValueTask LeaveAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public ValueTask ForceLeaveAsync(string node, ForceLeaveMode mode, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();
    }
}
