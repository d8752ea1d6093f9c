using Discovery.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Discovery.DependencyInjection;

public sealed class LifecycleTroubleTests
{
    [Fact]
    public void Stop_TwiceAtOnce_IsOneStop() => Run(async (kernel, node) =>
    {
        await node.Get<ILocalAgent>().RegisterServiceAsync(new ServiceRegistration { Name = "late", Port = 1 });
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => node.StopAsync()));
        Assert.Equal(NodePhase.Stopped, node.Node.Status.Phase);
        Assert.Equal(["1500 Information Node n1 is ready at 10.0.0.1 after 0 ms"], node.Lines);
        Assert.Empty(node.Catalog.Find("web").All);
        Assert.Empty(node.Catalog.Find("late").All);
        Assert.Equal(TimeSpan.FromSeconds(1), kernel.Time.Elapsed);
    });

    [Fact]
    public void Stop_ServiceTakenOutMeanwhile_SaysNothing() => Run(async (_, node) =>
    {
        await node.Get<ILocalAgent>().DeregisterServiceAsync("web");
        await node.StopAsync();
        Assert.Empty(((RecordingLogger<ServiceRegistrar>)node.Get<ILogger<ServiceRegistrar>>()).Lines);
    });

    [Fact]
    public void Dispose_NeverStopped_EndsTheChecks()
    {
        int runs = 0;
        var kernel = new SimulationKernel();
        kernel.Run(async () =>
        {
            var node = new TestNode(kernel);
            await node.StartAsync();
            await node.Get<ILocalAgent>().RegisterCheckAsync(new CheckDefinition
            {
                CheckId = "own",
                Interval = TimeSpan.FromSeconds(1),
                Probe = _ =>
                {
                    runs++;
                    return new(CheckResult.Passing());
                },
            });
            await kernel.AdvanceAsync(TimeSpan.FromSeconds(10));
            Assert.InRange(runs, 9, 10);
            int before = runs;
            await node.DisposeAsync();
            await kernel.AdvanceAsync(TimeSpan.FromSeconds(60));
            Assert.Equal(before, runs);
        });
    }

    private static void Run(Func<SimulationKernel, TestNode, Task> body)
    {
        var kernel = new SimulationKernel();
        kernel.Run(async () =>
        {
            await using var node = new TestNode(kernel, static builder => builder.AddService("web", static s => s.Port = 80));
            await node.StartAsync();
            await body(kernel, node);
        });
    }
}
