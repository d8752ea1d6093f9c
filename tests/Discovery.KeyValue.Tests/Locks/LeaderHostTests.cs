using Discovery.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Discovery.Locks;

public sealed class LeaderHostTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(2);

    [Fact]
    public void TwoHosts_OneStops_TheOtherLeadsAfterIt() => Run(async (node, work) =>
    {
        LeaderHost first = Host(node, work, "a");
        LeaderHost second = Host(node, work, "b");
        await first.StartedAsync(default);
        await node.Kernel.AdvanceAsync(TimeSpan.FromSeconds(1));
        await second.StartedAsync(default);
        await node.Kernel.AdvanceAsync(TimeSpan.FromMinutes(5));
        Assert.Equal(["begin a"], work.Events);

        await first.StoppingAsync(default);
        await node.Kernel.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(["begin a", "end a", "begin b"], work.Events);
        Assert.True(work.Fences[1].AcquireIndex > work.Fences[0].AcquireIndex);
        await second.StoppingAsync(default);
        Assert.Equal("end b", work.Events[^1]);
        Assert.Null(node.Store.Get("job/.lock"));
    });

    [Fact]
    public void NoRenewal_ServiceIsToldToStopBeforeTheLeaseEnds() => Run(async (node, work) =>
    {
        LeaderHost host = Host(node, work, "a");
        await host.StartedAsync(default);
        await node.Kernel.AdvanceAsync(TimeSpan.FromSeconds(1));
        node.Faulty.Faults = FaultyCommandLogOptions.None with { BarrierRefused = 1 };
        await node.Kernel.AdvanceAsync(TimeSpan.FromSeconds(5.99));
        Assert.Equal(["begin a"], work.Events);

        // The lease of 10 s, a margin of 1 s and 2 s to stop: told after 7 s since the session was created.
        await node.Kernel.AdvanceAsync(TimeSpan.FromSeconds(0.02));
        Assert.Equal(["begin a", "end a"], work.Events);
        node.Faulty.Faults = FaultyCommandLogOptions.None;
        await node.Kernel.AdvanceAsync(TimeSpan.FromSeconds(15));
        Assert.Equal(["begin a", "end a", "begin a"], work.Events);
        await host.StoppingAsync(default);
    });

    [Fact]
    public void Service_Throws_IsStartedAnewAfterTheDelay() => Run(async (node, work) =>
    {
        work.Fails = true;
        LeaderHost host = Host(node, work, "a");
        await host.StartedAsync(default);
        await node.Kernel.AdvanceAsync(TimeSpan.FromMilliseconds(500));
        Assert.Equal(["begin a", "end a"], work.Events);
        work.Fails = false;
        await node.Kernel.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(["begin a", "end a", "begin a"], work.Events);
        await host.StoppingAsync(default);
    });

    [Fact]
    public void StoppingToken_CallbackThrows_TheLockIsKeptUntilTheWorkHasEnded() => Run(async (node, work) =>
    {
        work.ThrowsWhenStopped = true;
        LeaderHost host = Host(node, work, "a");
        await host.StartedAsync(default);
        await node.Kernel.AdvanceAsync(TimeSpan.FromSeconds(1));
        node.Faulty.Faults = FaultyCommandLogOptions.None with { BarrierRefused = 1 };
        await node.Kernel.AdvanceAsync(TimeSpan.FromSeconds(6.1));
        Assert.Equal(["begin a", "end a"], work.Events);
        node.Faulty.Faults = FaultyCommandLogOptions.None;
        await node.Kernel.AdvanceAsync(TimeSpan.FromSeconds(15));
        Assert.Equal(["begin a", "end a", "begin a"], work.Events);
        await host.StoppingAsync(default);
        Assert.Equal("end a", work.Events[^1]);
        Assert.Null(node.Store.Get("job/.lock"));
    });

    [Fact]
    public async Task StopTimeout_NotLessThanHalfTheLease_FailsTheStart()
    {
        var declaration = new LeaderServiceDeclaration(
            "job", new LeaderServiceOptions { StopTimeout = TimeSpan.FromSeconds(8) }, static _ => null!);
        using var host = new LeaderHost(declaration, null!, null!, null!, null!);
        await Assert.ThrowsAsync<InvalidOperationException>(() => host.StartAsync(default));
    }

    private static LeaderHost Host(KeyValueNode node, Work work, string name)
    {
        ServiceProvider services = new ServiceCollection().BuildServiceProvider();
        var options = new LeaderServiceOptions { Lock = new LockOptions { Lease = Lease }, StopTimeout = StopTimeout };
        var declaration = new LeaderServiceDeclaration("job", options, _ => new Service(work, name));
        return new LeaderHost(
            declaration,
            node.Locks,
            services.GetRequiredService<IServiceScopeFactory>(),
            node.Runtime,
            Microsoft.Extensions.Logging.Abstractions.NullLogger<LeaderHost>.Instance);
    }

    private static void Run(Func<KeyValueNode, Work, Task> test)
    {
        var kernel = new SimulationKernel();
        kernel.Run(async () =>
        {
            await using var node = new KeyValueNode(kernel);
            await node.AddNodeAsync("n1");
            await test(node, new Work(node.Runtime));
        });
    }

    private sealed class Work(NodeRuntime runtime)
    {
        public NodeRuntime Runtime { get; } = runtime;

        public bool Fails { get; set; }

        public bool ThrowsWhenStopped { get; set; }

        public List<string> Events { get; } = [];

        public List<LockFence> Fences { get; } = [];
    }

    private sealed class Service(Work work, string name) : ILeaderService
    {
        public async Task ExecuteAsync(LeaderContext context, CancellationToken stoppingToken)
        {
            work.Events.Add($"begin {name}");
            work.Fences.Add(context.Fence);
            await using CancellationTokenRegistration told = stoppingToken.Register(() =>
            {
                if (work.ThrowsWhenStopped)
                {
                    throw new InvalidOperationException("planted");
                }
            });
            try
            {
                if (work.Fails)
                {
                    throw new InvalidOperationException("planted");
                }

                await Task.Delay(Timeout.InfiniteTimeSpan, work.Runtime.Time, stoppingToken);
            }
            finally
            {
                work.Events.Add($"end {name}");
            }
        }
    }
}
