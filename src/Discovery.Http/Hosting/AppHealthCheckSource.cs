using Microsoft.Extensions.Options;

namespace Discovery.Hosting;

/// <summary>Gives a service without checks one that is the app's own health, learned inside the process.</summary>
internal sealed class AppHealthCheckSource(AppHealth health, IOptions<HttpHostingOptions> options) : IDefaultCheckSource
{
    public async ValueTask<CheckDefinition?> CreateAsync(
        ServiceRegistration registration, CancellationToken cancellationToken = default)
    {
        TimeSpan timeout = options.Value.HealthTimeout;
        CheckResult first = await health.EvaluateAsync(timeout).WaitAsync(cancellationToken);
        return new CheckDefinition
        {
            CheckId = $"service:{registration.Id ?? registration.Name}",
            Name = "Health of the app",
            Status = first.Status,
            Interval = options.Value.HealthPeriod,
            Timeout = timeout,
            Probe = async cancelled => await health.EvaluateAsync(timeout).WaitAsync(cancelled),
        };
    }
}
