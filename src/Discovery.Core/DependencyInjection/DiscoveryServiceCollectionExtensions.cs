using Discovery;
using Discovery.Agent;
using Discovery.Catalog;
using Discovery.Coordinates;
using Discovery.DependencyInjection;
using Discovery.Health;
using Discovery.Replication;
using Discovery.Rpc;
using Discovery.Snapshots;
using Discovery.State;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Makes an app a node.</summary>
public static class DiscoveryServiceCollectionExtensions
{
    /// <summary>Makes this app a node that starts and stops with the host. Opens no socket; calling it twice is calling it once.</summary>
    /// <remarks>Options come from section <c>Discovery</c> of the host's configuration, then from code; code wins.</remarks>
    /// <param name="services">The services of the app.</param>
    /// <returns>Adds parts to the node.</returns>
    public static IDiscoveryBuilder AddDiscovery(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        var builder = new DiscoveryBuilder(services);
        AddBasics(builder);
        AddNodeOptions(builder);
        if (!services.Any(static d => d.ServiceType == typeof(SharedNode)))
        {
            NodeComposition.AddNode(services);
        }

        return builder;
    }

    /// <summary>Makes this app a node, as <see cref="AddDiscovery(IServiceCollection)"/>, with options.</summary>
    /// <param name="services">The services of the app.</param>
    /// <param name="configure">Sets options; wins over the configuration.</param>
    /// <returns>Adds parts to the node.</returns>
    public static IDiscoveryBuilder AddDiscovery(this IServiceCollection services, Action<NodeOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        IDiscoveryBuilder builder = services.AddDiscovery();
        services.Configure(configure);
        return builder;
    }

    /// <summary>Makes this app a node, as <see cref="AddDiscovery(IServiceCollection)"/>, with another configuration.</summary>
    /// <param name="services">The services of the app.</param>
    /// <param name="configuration">A configuration with a section <c>Discovery</c>, or that section; read in place of the host's.</param>
    /// <returns>Adds parts to the node.</returns>
    public static IDiscoveryBuilder AddDiscovery(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        IDiscoveryBuilder builder = services.AddDiscovery();
        services.AddSingleton(new ConfigurationSource(configuration));
        return builder;
    }

    /// <summary>Lets this app share the node of another app in the same process, instead of being one.</summary>
    /// <remarks>
    /// The app gets that node's catalog and agent, and registers, drains and takes out its own services there; the node itself starts and
    /// stops with its own host, which must start first and stop last. A service without an id gets <c>name-port</c>, so that several apps
    /// can offer the same service. Of section <c>Discovery:Node</c> only the times count.
    /// </remarks>
    /// <param name="services">The services of the app.</param>
    /// <param name="node">The node: <see cref="IDiscoveryNode"/> from the services of the app that it belongs to.</param>
    /// <returns>Adds parts to the app.</returns>
    /// <exception cref="InvalidOperationException">The app is a node of its own already.</exception>
    public static IDiscoveryBuilder AddDiscovery(this IServiceCollection services, IDiscoveryNode node)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(node);
        if (services.Any(static d => d.ServiceType == typeof(DiscoveryNode)))
        {
            throw new InvalidOperationException("This app is a node of its own already; it cannot share another one.");
        }

        var builder = new DiscoveryBuilder(services);
        AddBasics(builder);
        NodeComposition.AddShared(services, node);
        return builder;
    }

    private static void AddNodeOptions(DiscoveryBuilder builder)
    {
        builder.AddOptionsSection<AgentOptions>("Agent", static (section, options) => section.Bind(options));
        builder.AddOptionsSection<CatalogOptions>("Catalog", static (section, options) => section.Bind(options));
        builder.AddOptionsSection<CoordinateOptions>("Coordinates", static (section, options) => section.Bind(options));
        builder.AddOptionsSection<StateMachineOptions>("State", static (section, options) => section.Bind(options));
        builder.AddOptionsSection<LocalCommandLogOptions>("Log", static (section, options) => section.Bind(options));
        builder.AddOptionsSection<TopicReaperOptions>("Topics", static (section, options) => section.Bind(options));
        builder.AddOptionsSection<ClusterSnapshotOptions>("Snapshots", static (section, options) => section.Bind(options));
        builder.AddOptionsSection<RpcOptions>("Rpc", static (section, options) => section.Bind(options));
        builder.Services.TryAddEnumerable([
            ServiceDescriptor.Singleton<IValidateOptions<AgentOptions>, AgentOptionsValidator>(),
            ServiceDescriptor.Singleton<IValidateOptions<CatalogOptions>, CatalogOptionsValidator>(),
            ServiceDescriptor.Singleton<IValidateOptions<CoordinateOptions>, CoordinateOptionsValidator>(),
            ServiceDescriptor.Singleton<IValidateOptions<StateMachineOptions>, StateMachineOptionsValidator>(),
            ServiceDescriptor.Singleton<IValidateOptions<LocalCommandLogOptions>, LocalCommandLogOptionsValidator>(),
            ServiceDescriptor.Singleton<IValidateOptions<TopicReaperOptions>, TopicReaperOptionsValidator>(),
            ServiceDescriptor.Singleton<IValidateOptions<ClusterSnapshotOptions>, ClusterSnapshotOptionsValidator>(),
            ServiceDescriptor.Singleton<IValidateOptions<RpcOptions>, RpcOptionsValidator>(),
        ]);
    }

    private static void AddBasics(DiscoveryBuilder builder)
    {
        IServiceCollection services = builder.Services;
        if (services.Any(static d => d.ServiceType == typeof(DiscoveryConfiguration)))
        {
            return;
        }

        services.AddLogging();
        services.AddMetrics();
        services.AddHealthChecks();
        services.AddOptions<NodeOptions>().ValidateOnStart();
        services.TryAddSingleton(static provider => new DiscoveryConfiguration(
            provider.GetServices<ConfigurationSource>(), provider.GetServices<DiscoverySection>(), provider.GetService<IConfiguration>()));
        builder.AddOptionsSection<NodeOptions>("Node", static (section, options) => section.Bind(options));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<NodeOptions>, ConfigurationValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<NodeOptions>, NodeOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<HealthOptions>, HealthOptionsValidator>());
        builder.AddOptionsSection<HealthOptions>("Health", static (section, options) => section.Bind(options));
        services.AddSingleton(new DiscoverySection(DeclaredServices.Section, DeclaredServices.Shape));
        services.TryAddSingleton<DeclaredServices>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<NodeOptions>, DeclaredServices>(
            static provider => provider.GetRequiredService<DeclaredServices>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<HealthCheckServiceOptions>, DiscoveryHealthSetup>());
        services.TryAddSingleton<ServiceRegistrar>();
        services.TryAddSingleton<INodeReload, NodeReload>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, NodeLifecycle>());
    }
}
