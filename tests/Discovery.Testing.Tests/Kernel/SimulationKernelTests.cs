namespace Discovery.Testing.Tests.Kernel;

public sealed class SimulationKernelTests
{
    [Fact]
    public void Run_BodyDelaysAnHour_TakesVirtualTimeOnly()
    {
        SimulationKernel kernel = new(7);
        kernel.Run(async () => await Task.Delay(TimeSpan.FromHours(1), kernel.Time));
        Assert.Equal(TimeSpan.FromHours(1), kernel.Time.Elapsed);
    }

    [Fact]
    public async Task AdvanceAsync_LoopWithDelay_HasPassedEveryTickByTheReturn()
    {
        SimulationKernel kernel = new(7);
        NodeRuntime runtime = kernel.CreateRuntime();
        int ticks = 0;
        _ = runtime.Start(async () =>
        {
            while (true)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), runtime.Time);
                kernel.AssertOnKernel();
                ticks++;
            }
        });
        await kernel.AdvanceAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(10, ticks);
        await kernel.AdvanceAsync(TimeSpan.FromSeconds(0.999));
        Assert.Equal(10, ticks);
        await kernel.AdvanceAsync(TimeSpan.FromMilliseconds(1));
        Assert.Equal(11, ticks);
    }

    [Fact]
    public void AdvanceAsync_InsideTheBody_IsABarrierAfterTheLoopsOfThatInstant()
    {
        SimulationKernel kernel = new(3);
        int ticks = 0;
        kernel.Run(async () =>
        {
            _ = kernel.Start(async () =>
            {
                while (true)
                {
                    await Task.Delay(TimeSpan.FromSeconds(1), kernel.Time);
                    ticks++;
                }
            });
            await kernel.AdvanceAsync(TimeSpan.FromSeconds(5));
            Assert.Equal(5, ticks);
        });
        Assert.Equal(TimeSpan.FromSeconds(5), kernel.Time.Elapsed);
    }
}
