namespace Discovery.Testing.Tests.Kernel;

public sealed class DeterminismTests
{
    [Fact]
    public void Run_SameSeedTwice_SameTranscript()
    {
        for (int seed = 0; seed < 50; seed++)
        {
            Assert.Equal(RunRace(seed), RunRace(seed));
        }
    }

    [Fact]
    public void Run_DifferentSeeds_DifferentTranscripts() =>
        Assert.Equal(50, Enumerable.Range(0, 50).Select(seed => RunRace(seed).Transcript).Distinct().Count());

    [Fact]
    public void Run_FifoOrder_RunsInOrderOfQueueing()
    {
        SimulationKernel kernel = new(1, new KernelOptions { Order = SchedulingOrder.Fifo });
        List<int> order = [];
        for (int i = 0; i < 100; i++)
        {
            int number = i;
            _ = kernel.Start(() =>
            {
                order.Add(number);
                return Task.CompletedTask;
            });
        }

        kernel.RunUntilIdle();
        Assert.Equal(Enumerable.Range(0, 100), order);
    }

    [Fact]
    public void Run_BodyThatWaitsForNothing_ReportsWhereItWaits()
    {
        SimulationKernel kernel = new(42);
        TaskCompletionSource never = new();
        KernelDeadlockException e = Assert.Throws<KernelDeadlockException>(() => kernel.Run(() => OuterAsync(never.Task)));
        Assert.StartsWith("Seed 42: at 00:00:00 nothing is runnable", e.Message, StringComparison.Ordinal);
        Assert.Contains("OuterAsync", e.Message, StringComparison.Ordinal);
        Assert.Contains("> DeterminismTests.<InnerAsync>", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_LoopThatNeverRests_ReportsRunawayAndSeed()
    {
        SimulationKernel kernel = new(43, new KernelOptions { StepsMax = 1000 });
        KernelRunawayException e = Assert.Throws<KernelRunawayException>(() => kernel.Run(async () =>
        {
            while (true)
            {
                await Task.Yield();
            }
        }));
        Assert.StartsWith("Seed 43: 1001 steps", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_BodyThatWaitsForeverBesideATimer_ReportsRunawayTime()
    {
        SimulationKernel kernel = new(44, new KernelOptions { VirtualTimeMax = TimeSpan.FromMinutes(1) });
        using ITimer timer = kernel.Time.CreateTimer(static _ => { }, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        Assert.Throws<KernelRunawayException>(() => kernel.Run(() => new TaskCompletionSource().Task));
    }

    [Fact]
    public void Run_BodyThrows_ThrowsTheSame() =>
        Assert.Throws<FormatException>(() => new SimulationKernel().Run(async () =>
        {
            await Task.Yield();
            throw new FormatException();
        }));

    [Fact]
    public void Run_InsideARun_IsRefused() =>
        Assert.Throws<InvalidOperationException>(() =>
        {
            SimulationKernel kernel = new();
            kernel.Run(() =>
            {
                kernel.RunUntilIdle();
                return Task.CompletedTask;
            });
        });

    private static async Task OuterAsync(Task task)
    {
        await Task.Yield();
        await InnerAsync(task);
    }

    private static async Task<int> InnerAsync(Task task)
    {
        await task;
        return 1;
    }

    private static (ulong Transcript, ulong Schedule, TimeSpan Elapsed) RunRace(int seed)
    {
        SimulationKernel kernel = new(seed);
        kernel.Run(() => Task.WhenAll(Enumerable.Range(0, 8).Select(worker =>
        {
            NodeRuntime runtime = kernel.CreateRuntime();
            return runtime.Start(async () =>
            {
                Random random = runtime.CreateRandom();
                TaskCompletionSource source = new(TaskCreationOptions.RunContinuationsAsynchronously);
                for (int i = 0; i < 10; i++)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(random.Next(1, 3)), runtime.Time);
                    kernel.Record($"{worker} {i}");
                    await Task.Yield();
                }

                source.SetResult();
                await Task.WhenAny(source.Task).ConfigureAwait(false);
                kernel.Record($"{worker} done");
            });
        })));
        return (kernel.TranscriptHash, kernel.Scheduler.ScheduleHash, kernel.Time.Elapsed);
    }
}
