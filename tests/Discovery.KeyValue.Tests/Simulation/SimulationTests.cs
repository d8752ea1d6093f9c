using Discovery.Testing;

namespace Discovery.KeyValue;

using CheckResult = Discovery.Testing.CheckResult;

public sealed class SimulationTests
{
    private const int Seeds = 500;
    private const int PlantedSeeds = 60;

    [Fact]
    public void Locks_FiveHundredStorms_NeverHaveTwoHolders()
    {
        int lost = 0;
        int ended = 0;
        int tenures = 0;
        for (int seed = 1; seed <= Seeds; seed++)
        {
            var run = new LockRun(seed);
            CheckResult result = run.Run();
            Assert.True(result.Verdict == CheckVerdict.Ok, $"seed {seed}: {result.Report}");
            lost += run.LostByHolder;
            ended += run.EndedByLeader;
            tenures += run.Tenures;
        }

        Assert.True(lost >= 200, $"only {lost} losses seen by holders");
        Assert.True(ended >= 200, $"only {ended} leases ended by leaders");
        Assert.True(tenures >= 2000, $"only {tenures} tenures");
    }

    [Fact]
    public void Keys_FiveHundredStorms_AreLinearizable()
    {
        for (int seed = 1; seed <= Seeds; seed++)
        {
            CheckResult result = new RegisterRun(seed).Run();
            Assert.True(result.Verdict == CheckVerdict.Ok, $"seed {seed}: {result.Verdict} {result.Report}");
        }
    }

    [Theory]
    [InlineData(PlantedBug.GrantedBeforeLost)]
    [InlineData(PlantedBug.RenewedByDeposedLeader)]
    [InlineData(PlantedBug.FenceIgnored)]
    public void Locks_PlantedBug_IsCaught(object planted) =>
        Assert.Contains(
            Enumerable.Range(1, PlantedSeeds), seed => new LockRun(seed, (PlantedBug)planted).Run().Verdict == CheckVerdict.Violation);

    [Fact]
    public void Keys_DuplicateAppliedTwice_IsCaught() =>
        Assert.Contains(
            Enumerable.Range(1, PlantedSeeds),
            seed => new RegisterRun(seed, PlantedBug.DuplicateAppliedTwice).Run().Verdict == CheckVerdict.Violation);

    [Fact]
    public void Fence_StateRestoredOnAnotherMachine_RepeatsOnlyWithoutItsLineage()
    {
        var fences = new List<LockFence>();
        byte[] snapshot = [];
        foreach (bool isRestored in (bool[])[false, true])
        {
            var kernel = new SimulationKernel(7);
            kernel.Run(async () =>
            {
                await using var node = new KeyValueNode(kernel);
                if (isRestored)
                {
                    await node.RestoreAsync(snapshot);
                }
                else
                {
                    await node.AddNodeAsync("n1");
                    snapshot = node.Snapshot();
                }

                // Both machines come to the same index by different ways.
                while (node.State.Current.Index < 20)
                {
                    await node.Store.PutAsync("filler", BitConverter.GetBytes(node.State.Current.Index));
                }

                await using ILockHandle handle = await node.Locks.CreateLock("job").AcquireAsync();
                fences.Add(handle.Fence);
            });
        }

        Holding[] WithNumbers(Func<LockFence, object> identity) =>
            [.. fences.Select((fence, i) => new Holding(
                $"machine {i}",
                fences.FindIndex(other => identity(other).Equals(identity(fence))),
                TimeSpan.FromHours(i),
                TimeSpan.FromHours(i)))];

        Assert.Equal(fences[0].AcquireIndex, fences[1].AcquireIndex);
        Assert.Equal(CheckVerdict.Ok, ExclusionChecker.Check(WithNumbers(static fence => fence)).Verdict);
        CheckResult planted = ExclusionChecker.Check(WithNumbers(static fence => fence.AcquireIndex));
        Assert.Equal(CheckVerdict.Violation, planted.Verdict);
    }
}
