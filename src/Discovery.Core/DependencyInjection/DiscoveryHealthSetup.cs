using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Discovery.DependencyInjection;

/// <summary>Adds the node's own check unless the app has done it, with tags of its choice.</summary>
internal sealed class DiscoveryHealthSetup : IPostConfigureOptions<HealthCheckServiceOptions>
{
    public const string CheckName = "discovery";

    public void PostConfigure(string? name, HealthCheckServiceOptions options)
    {
        if (!options.Registrations.Any(static registration => registration.Name == CheckName))
        {
            options.Registrations.Add(Create(null, null));
        }
    }

    public static HealthCheckRegistration Create(HealthStatus? failureStatus, IEnumerable<string>? tags) => new(
        CheckName,
        static services => new DiscoveryHealthCheck(
            services.GetRequiredService<IDiscoveryNode>(), services.GetRequiredService<ServiceRegistrar>()),
        failureStatus,
        tags);
}
