using Discovery.Protocol;
using Discovery.Testing;
using Discovery.Transport;

namespace Discovery.Autopilot;

public sealed class FormationTests
{
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan s_calm = TimeSpan.FromMinutes(2);

    [Theory]
    [InlineData(6, 6)]
    [InlineData(6, 4)]
    [InlineData(5, 3)]
    [InlineData(3, 2)]
    public void Run_WithDelaysLossesSplitsAndCrashes_NeverBeginsTwoClusters(int servers, int expect)
    {
        for (int seed = 1; seed <= 250; seed++)
        {
            Assert.True(Try(seed, servers, expect, forgets: false) is 1, $"seed {seed}");
        }
    }

    [Fact]
    public void Run_WithServersThatForgetWhatTheyPromised_IsCaught() =>
        Assert.Contains(Enumerable.Range(1, 400), static seed => Try(seed, 5, 3, forgets: true) > 1);

    [Theory]
    [InlineData(3, 2, 2)]
    [InlineData(5, 3, 3)]
    [InlineData(5, 3, 5)]
    public void Run_WithAsManyAsExpected_BeginsWithThem(int servers, int expect, int up)
    {
        var kernel = new SimulationKernel(1);
        kernel.Run(async () =>
        {
            var rig = new FormationRig(kernel, servers, expect);
            foreach (FormationRig.FormationNode node in rig.Nodes.Take(up))
            {
                node.Start();
            }

            await kernel.AdvanceAsync(TimeSpan.FromSeconds(3));
            Guid cluster = Assert.Single(rig.Clusters);
            Assert.All(rig.Nodes.Take(up), node => Assert.Equal(cluster, node.Identity.Cluster));
            RaftConfiguration members = rig.Nodes[0].Disk.Members;
            Assert.Equal((expect, cluster), (members.Members.Length, ClusterFormation.IdOf(members)));
        });
    }

    [Theory]
    [InlineData(3, 3, 1, 3, 3)]
    [InlineData(3, 2, 1, 3, 2)]
    [InlineData(4, 3, 1, 4, 3)]
    [InlineData(5, 5, 2, 5, 5)]
    public void Run_WithWitnesses_BeginsWithTwoFullServersAtLeast(int servers, int expect, int witnesses, int up, int members)
    {
        var kernel = new SimulationKernel(1);
        kernel.Run(async () =>
        {
            var rig = new FormationRig(kernel, servers, expect);
            foreach (FormationRig.FormationNode node in rig.Nodes.Take(witnesses))
            {
                node.BeWitness();
            }

            foreach (FormationRig.FormationNode node in rig.Nodes.Take(up))
            {
                node.Start();
            }

            await kernel.AdvanceAsync(TimeSpan.FromSeconds(20));
            Guid cluster = Assert.Single(rig.Clusters);
            RaftConfiguration first = rig.Nodes[^1].Disk.Members;
            Assert.Equal((members, cluster), (first.Members.Length, ClusterFormation.IdOf(first)));
            Assert.All(first.Members, member => Assert.Equal(
                rig.Nodes.Take(witnesses).Any(node => node.Identity.Self == member.Id) ? MemberRole.Witness : MemberRole.Voter,
                member.Role));
            Assert.True(first.Members.Count(static member => member.Role == MemberRole.Voter) >= 2);
        });
    }

    [Theory]
    [InlineData(3, 3, 3, 3, "all servers that answer are witnesses")]
    [InlineData(3, 2, 2, 3, "only one answers")]
    [InlineData(3, 2, 1, 2, "only one answers")]
    public void Run_WithWitnessesAndTooFewFullServers_BeginsNothingAndSaysWhy(
        int servers, int expect, int witnesses, int up, string reason)
    {
        var kernel = new SimulationKernel(1);
        kernel.Run(async () =>
        {
            var rig = new FormationRig(kernel, servers, expect);
            foreach (FormationRig.FormationNode node in rig.Nodes.Take(witnesses))
            {
                node.BeWitness();
            }

            foreach (FormationRig.FormationNode node in rig.Nodes.Take(up))
            {
                node.Start();
            }

            await kernel.AdvanceAsync(s_calm);
            Assert.Empty(rig.Clusters);
            Assert.Contains(rig.Nodes[0].Told.Lines, line => line.Contains(reason));
        });
    }

    [Theory]
    [InlineData(5, 3, 2)]
    [InlineData(5, 5, 4)]
    [InlineData(3, 0, 3)]
    public void Run_WithFewerThanExpected_BeginsNothing(int servers, int expect, int up)
    {
        var kernel = new SimulationKernel(1);
        kernel.Run(async () =>
        {
            var rig = new FormationRig(kernel, servers, expect);
            foreach (FormationRig.FormationNode node in rig.Nodes.Take(up))
            {
                node.Start();
            }

            await kernel.AdvanceAsync(s_calm);
            Assert.Empty(rig.Clusters);
            Assert.All(rig.Nodes, static node => Assert.Equal(FormationVote.None, node.Disk));
        });
    }

    // How many clusters there are once everything is well again; 0 when somebody has found none.
    private static int Try(int seed, int servers, int expect, bool forgets)
    {
        var kernel = new SimulationKernel(seed);
        int clusters = 0;
        kernel.Run(async () =>
        {
            Random random = kernel.CreateRandom();
            var rig = new FormationRig(kernel, servers, expect)
            {
                Loss = random.NextDouble() * 0.3,
                DelayMax = s_step * random.NextDouble(),
            };
            foreach (FormationRig.FormationNode node in rig.Nodes)
            {
                node.Forgets = forgets;
                node.Start();
            }

            for (int step = 0; step < 40; step++)
            {
                if (random.Next(3) == 0)
                {
                    rig.Split(random.NextDouble() * 0.6);
                }

                FormationRig.FormationNode one = rig.Nodes[random.Next(servers)];
                if (random.Next(3) == 0)
                {
                    await (one.IsUp ? one.CrashAsync() : Task.CompletedTask);
                }
                else if (!one.IsUp)
                {
                    one.Start();
                }

                await kernel.AdvanceAsync(s_step * random.NextDouble() * 4);
            }

            rig.Split(0);
            rig.Loss = 0;
            foreach (FormationRig.FormationNode node in rig.Nodes.Where(static node => !node.IsUp))
            {
                node.Start();
            }

            await kernel.AdvanceAsync(s_calm);
            clusters = rig.Nodes.All(static node => node.Identity.Cluster != Guid.Empty) ? rig.Clusters.Count : 0;
            foreach (FormationRig.FormationNode node in rig.Nodes)
            {
                await node.CrashAsync();
            }
        });
        return clusters;
    }
}
