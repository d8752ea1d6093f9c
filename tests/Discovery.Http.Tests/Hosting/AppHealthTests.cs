using System.Diagnostics;
using Discovery.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Discovery.Hosting;

public sealed class AppHealthTests
{
    [Theory]
    [InlineData("", CheckStatus.Passing, "The app runs")]
    [InlineData("a:Healthy b:Healthy", CheckStatus.Passing, "All health checks of the app pass")]
    [InlineData("b:Degraded a:Healthy", CheckStatus.Warning, "b: Degraded, b is slow")]
    [InlineData("b:Degraded a:Unhealthy", CheckStatus.Critical, "a: Unhealthy, a is slow\nb: Degraded, b is slow")]
    public void ToResult_Report_IsOneResult(string entries, CheckStatus status, string output)
    {
        Dictionary<string, HealthReportEntry> report = entries.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(static entry => entry.Split(':'))
            .ToDictionary(
                static parts => parts[0],
                static parts => new HealthReportEntry(
                    Enum.Parse<HealthStatus>(parts[1]), $"{parts[0]} is slow", TimeSpan.Zero, null, null));

        Assert.Equal(new CheckResult(status, output), AppHealth.ToResult(new HealthReport(report, TimeSpan.Zero)));
    }

    [Fact]
    public void Evaluate_ThatHangs_IsCriticalAfterTheTimeoutAndSharedMeanwhile()
    {
        var kernel = new SimulationKernel();
        var service = new HangingHealth();
        var health = new AppHealth(service, kernel.CreateRuntime());
        kernel.Run(async () =>
        {
            Task<CheckResult> first = health.EvaluateAsync(TimeSpan.FromSeconds(10));
            Assert.Same(first, health.EvaluateAsync(TimeSpan.FromSeconds(10)));
            Assert.Equal(CheckResult.Critical("The health checks of the app have not ended within 00:00:10"), await first);
            Assert.Equal(TimeSpan.FromSeconds(10), kernel.Time.Elapsed);
            Assert.Equal(
                CheckResult.Critical("The health checks of the app, which were given up, have still not ended"),
                await health.EvaluateAsync(TimeSpan.FromSeconds(10)));
        });
        Assert.Equal(1, service.Evaluations);
    }

    [Fact]
    public void Evaluate_AgainWhileTheFirstStillHangs_StartsNoSecondEvaluation()
    {
        var kernel = new SimulationKernel();
        var service = new HangingHealth();
        var health = new AppHealth(service, kernel.CreateRuntime());
        kernel.Run(async () =>
        {
            await health.EvaluateAsync(TimeSpan.FromSeconds(10));
            Assert.Equal(
                CheckResult.Critical("The health checks of the app, which were given up, have still not ended"),
                await health.EvaluateAsync(TimeSpan.FromSeconds(10)));
        });
        Assert.Equal(1, service.Evaluations);
    }

    [Fact]
    [Trait("Kind", "RealSockets")]
    public async Task N4_HostHealthFlips_CatalogShowsItSoonWithoutAnyRequest()
    {
        var check = new SwitchedCheck();
        int requests = 0;
        await using WebApplication app = TestApp.Build(builder =>
        {
            builder.Services.AddHealthChecks().AddCheck("database", check);
            builder.Services.Configure<HealthOptions>(static o => o.FlapThreshold = 0);
            builder.Services.AddDiscovery(static o => o.DrainDelay = TimeSpan.Zero)
                .AddService("web").AddHttpHosting(static o => o.HealthPeriod = TimeSpan.FromMilliseconds(100));
        });
        app.Use((context, next) =>
        {
            Interlocked.Increment(ref requests);
            return next(context);
        });
        await app.StartAsync();
        Assert.Equal(CheckStatus.Passing, Assert.Single(TestApp.Catalog(app).Find("web").All).Status);

        var delays = new List<TimeSpan>();
        HealthStatus[] flips =
            [HealthStatus.Unhealthy, HealthStatus.Healthy, HealthStatus.Degraded, HealthStatus.Unhealthy, HealthStatus.Healthy];
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await using IAsyncEnumerator<ServiceChange> changes = TestApp.Catalog(app).WatchAsync(
            "web", new WatchOptions { Start = WatchStart.Now }, deadline.Token).GetAsyncEnumerator();
        foreach (HealthStatus flip in flips)
        {
            CheckStatus expected = flip switch
            {
                HealthStatus.Healthy => CheckStatus.Passing,
                HealthStatus.Degraded => CheckStatus.Warning,
                _ => CheckStatus.Critical,
            };
            ValueTask<bool> changed = changes.MoveNextAsync();
            check.Status = flip;
            Assert.True(await changed);
            while (Assert.Single(TestApp.Catalog(app).Find("web").All).Status != expected)
            {
                Assert.True(await changes.MoveNextAsync());
            }

            delays.Add(Stopwatch.GetElapsedTime(check.FirstEvaluation(flip)));
        }

        ServiceInstance last = Assert.Single(TestApp.Catalog(app).Find("web").All);
        Assert.Equal("All health checks of the app pass", last.Checks.Single(static check => check.CheckId == "service:web").Output);
        Assert.True(delays.Order().ElementAt(delays.Count / 2) < TimeSpan.FromMilliseconds(200), string.Join(", ", delays));
        Assert.Equal(0, requests);
        await app.StopAsync();
    }

    private sealed class SwitchedCheck : IHealthCheck
    {
        private readonly Lock _lock = new();
        private HealthStatus _status = HealthStatus.Healthy;
        private long _firstEvaluation;

        public HealthStatus Status
        {
            set
            {
                lock (_lock)
                {
                    (_status, _firstEvaluation) = (value, 0);
                }
            }
        }

        public long FirstEvaluation(HealthStatus status)
        {
            lock (_lock)
            {
                Assert.Equal(status, _status);
                return _firstEvaluation;
            }
        }

        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            lock (_lock)
            {
                _firstEvaluation = _firstEvaluation == 0 ? Stopwatch.GetTimestamp() : _firstEvaluation;
                return Task.FromResult(new HealthCheckResult(_status));
            }
        }
    }

    private sealed class HangingHealth : HealthCheckService
    {
        public int Evaluations { get; private set; }

        public override async Task<HealthReport> CheckHealthAsync(
            Func<HealthCheckRegistration, bool>? predicate, CancellationToken cancellationToken = default)
        {
            Evaluations++;
            await new TaskCompletionSource().Task;
            throw new InvalidOperationException("never reached");
        }
    }
}
