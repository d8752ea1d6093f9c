using Discovery.Driver;
using Discovery.Protocol;
using Discovery.Testing;

namespace Discovery.Transport;

/// <summary>Three real drivers over the real transport, in virtual time.</summary>
public sealed class DriversOverTransportTests
{
    private static readonly TimeSpan s_calm = TimeSpan.FromSeconds(3);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Propose_OnAnyServer_IsAppliedEverywhere(int seed) => Run(seed, async (rig, servers) =>
    {
        Task<ProposalResult>[] all =
            [.. Enumerable.Range(0, 300).Select(i => servers[i % 3].Log.ProposeAsync(ClusterRig.Add("n")).AsTask())];
        Assert.All(await Task.WhenAll(all), static result => Assert.Equal(ProposalOutcome.Applied, result.Outcome));
        await rig.Kernel.AdvanceAsync(s_calm);
        Assert.All(servers, server => Assert.Equal(300, Value(server)));
        Assert.Single(servers.Select(static server => server.State.ComputeHash()).Distinct());
        Assert.Single(servers.Select(static server => server.Log.Leadership.Leader).Distinct());
        Assert.InRange(rig.Wires.Count, 4, 12);
    });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Leader_WhoseConnectionsAreLost_IsReplacedAndComesBack(int seed) => Run(seed, async (rig, servers) =>
    {
        DrivenServer old = servers.Single(static server => server.Log.Leadership.IsLeader);
        old.Rig.IsDown = true;
        rig.Wires.ForEach(static wire =>
        {
            wire.ToServer.Lose();
            wire.ToClient.Lose();
        });
        old.Rig.CannotDial = true;
        await rig.AdvanceAsync(10);
        Assert.False(old.Log.Leadership.IsLeader);
        DrivenServer next = servers.Single(server => server != old && server.Log.Leadership.IsLeader);
        Assert.Equal(ProposalOutcome.Applied, (await next.Log.ProposeAsync(ClusterRig.Add("n"))).Outcome);
        (old.Rig.IsDown, old.Rig.CannotDial) = (false, false);
        await rig.AdvanceAsync(5);
        Assert.Equal(1, Value(old));
        Assert.Equal(ProposalOutcome.Applied, (await old.Log.ProposeAsync(ClusterRig.Add("n"))).Outcome);
    });

    [Fact]
    public void LargeEntry_OnItsWay_ChangesNoLeader() => Run(1, async (rig, servers) =>
    {
        DrivenServer leader = servers.Single(static server => server.Log.Leadership.IsLeader);
        long term = leader.Log.Leadership.Term;
        var proposal = new ForwardedProposal(EntryKind.Restore, 0, Guid.Empty, 0, Messages.Bytes(3_000_000, 1));
        Task<ProposalResult> large = leader.Driver.ProposeForwardedAsync(proposal, default).AsTask();
        await rig.AdvanceAsync(5);
        Assert.True(large.IsCompleted);
        Assert.Equal((term, true), (leader.Log.Leadership.Term, leader.Log.Leadership.IsLeader));
    });

    private static long Value(DrivenServer server) => server.State.Get(server.Ledger.Items, LedgerModule.Key("n"))?.Value ?? 0;

    private static void Run(int seed, Func<TransportRig, DrivenServer[], Task> body)
    {
        var kernel = new SimulationKernel(seed);
        var rig = new TransportRig(kernel, servers: 3);
        kernel.Run(async () =>
        {
            DrivenServer[] servers = [.. Enumerable.Range(1, 3).Select(number => new DrivenServer(rig, number))];
            RaftMember[] members = [.. servers.Select(static server => new RaftMember(server.Rig.Id, MemberRole.Voter))];
            foreach (DrivenServer server in servers)
            {
                await server.StartAsync(members);
            }

            await kernel.AdvanceAsync(s_calm);
            await body(rig, servers);
            foreach (DrivenServer server in servers)
            {
                await server.DisposeAsync();
            }
        });
    }
}
