using Discovery.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>The node's own health check.</summary>
public static class DiscoveryHealthChecksBuilderExtensions
{
    /// <summary>
    /// Adds the check named <c>discovery</c>: unhealthy when the node does not run or is faulted, degraded when no leader is known, a
    /// loop has failed or a service of this app could not be registered. <c>AddDiscovery</c> adds it too, without tags.
    /// </summary>
    /// <param name="builder">The app's health checks.</param>
    /// <param name="failureStatus">What to report in place of unhealthy.</param>
    /// <param name="tags">Tags to select it by.</param>
    /// <returns>The app's health checks.</returns>
    public static IHealthChecksBuilder AddDiscovery(
        this IHealthChecksBuilder builder, HealthStatus? failureStatus = null, IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.Configure<HealthCheckServiceOptions>(options =>
        {
            if (!options.Registrations.Any(static registration => registration.Name == DiscoveryHealthSetup.CheckName))
            {
                options.Registrations.Add(DiscoveryHealthSetup.Create(failureStatus, tags));
            }
        });
        return builder;
    }
}
