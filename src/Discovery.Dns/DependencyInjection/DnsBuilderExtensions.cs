using Discovery;
using Discovery.Server;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Gives a node a DNS server.</summary>
public static class DnsBuilderExtensions
{
    private const string CheckName = "discovery-dns";

    /// <summary>
    /// Answers DNS for the services and nodes of the catalog, over UDP and TCP, from when the node has started until the host stops.
    /// </summary>
    /// <remarks>
    /// A port that is taken fails the start. Inject <see cref="IDnsServer"/> for the real endpoints. Health check <c>discovery-dns</c>
    /// tells when the server does not listen.
    /// </remarks>
    /// <param name="builder">The node.</param>
    /// <param name="configure">Sets options; wins over the configuration.</param>
    /// <returns>The node.</returns>
    public static IDiscoveryBuilder AddDnsServer(this IDiscoveryBuilder builder, Action<DnsOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        IServiceCollection services = builder.Services;
        builder.AddOptionsSection<DnsOptions>("Dns", static (section, options) => section.Bind(options));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<DnsOptions>, DnsOptionsValidator>());
        if (configure is not null)
        {
            services.Configure(configure);
        }

        if (services.Any(static d => d.ServiceType == typeof(DnsServer)))
        {
            return builder;
        }

        services.TryAddSingleton<DnsMetrics>();
        services.TryAddSingleton<DnsSettingsSource>();
        services.TryAddSingleton<Recursors>();
        services.TryAddSingleton<DnsEngine>();
        services.TryAddSingleton<DnsServer>();
        services.TryAddSingleton<IDnsServer>(static provider => provider.GetRequiredService<DnsServer>());
        services.AddSingleton<IHostedService>(static provider => provider.GetRequiredService<DnsServer>());
        services.Configure<HealthCheckServiceOptions>(static options => options.Registrations.Add(new HealthCheckRegistration(
            CheckName, static provider => new DnsHealthCheck(provider.GetRequiredService<DnsServer>()), HealthStatus.Degraded, null)));
        return builder;
    }
}
