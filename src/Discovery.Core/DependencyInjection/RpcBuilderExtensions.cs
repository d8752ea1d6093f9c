using System.Diagnostics.Metrics;
using Discovery;
using Discovery.DependencyInjection;
using Discovery.Events;
using Discovery.Rpc;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Lets other nodes call a node.</summary>
public static class RpcBuilderExtensions
{
    private const string CheckName = "discovery-rpc";

    /// <summary>Answers other nodes on one TCP port, from before the node's log starts until the node has left.</summary>
    /// <remarks>
    /// A port that is taken fails the start. Inject <see cref="IRpcServer"/> for the real endpoint. Packages add protocols of their own to
    /// the port as <see cref="INodeConnectionHandler"/>. Health check <c>discovery-rpc</c> tells when it does not listen.
    /// </remarks>
    /// <param name="builder">The node.</param>
    /// <param name="configure">Sets options; wins over the configuration.</param>
    /// <returns>The node.</returns>
    /// <exception cref="InvalidOperationException">The app shares the node of another one.</exception>
    public static IDiscoveryBuilder AddRpcServer(this IDiscoveryBuilder builder, Action<RpcOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        IServiceCollection services = builder.Services;
        if (services.Any(static d => d.ServiceType == typeof(SharedNode)))
        {
            throw new InvalidOperationException("This app shares the node of another one: add the RPC server there.");
        }

        if (configure is not null)
        {
            services.Configure(configure);
        }

        if (services.Any(static d => d.ServiceType == typeof(RpcListener)))
        {
            return builder;
        }

        services.TryAddEnumerable([
            ServiceDescriptor.Singleton<IRpcMethodGroup, StatusMethods>(),
            ServiceDescriptor.Singleton<IRpcMethodGroup, CatalogMethods>(),
            ServiceDescriptor.Singleton<IRpcMethodGroup, HealthMethods>(),
            ServiceDescriptor.Singleton<IRpcMethodGroup, CoordinateMethods>(),
            ServiceDescriptor.Singleton<IRpcMethodGroup, OperatorMethods>(),
            ServiceDescriptor.Singleton<IRpcMethodGroup, EventMethods>(),
        ]);
        services.TryAddSingleton(static provider => new RpcListener(
            provider.GetRequiredService<NodeRuntime>(),
            (provider.GetRequiredService<IOptions<RpcOptions>>().Value, provider.GetRequiredService<IOptions<NodeOptions>>().Value),
            () => CreateHandlers(provider),
            provider.GetRequiredService<IMeterFactory>(),
            provider.GetRequiredService<ILogger<RpcListener>>()));
        services.TryAddSingleton<IRpcServer>(static provider => provider.GetRequiredService<RpcListener>());
        services.Configure<HealthCheckServiceOptions>(static options => options.Registrations.Add(new HealthCheckRegistration(
            CheckName, static provider => new RpcHealthCheck(provider.GetRequiredService<RpcListener>()), HealthStatus.Degraded, null)));
        return builder;
    }

    // Made when the node starts, so that handlers and methods may be given the node.
    private static ConnectionHandlers CreateHandlers(IServiceProvider provider)
    {
        NodeRuntime runtime = provider.GetRequiredService<NodeRuntime>();
        RpcOptions options = provider.GetRequiredService<IOptions<RpcOptions>>().Value;
        var service = new RpcService(
            runtime,
            options,
            provider.GetRequiredService<CallScope>().Datacenter,
            provider.GetServices<IRpcMethodGroup>(),
            provider.GetRequiredService<IMeterFactory>(),
            provider.GetRequiredService<ILogger<RpcService>>());
        return new ConnectionHandlers(
            provider.GetServices<INodeConnectionHandler>(),
            new RpcStreamHandler(service),
            new YamuxHandler(runtime, options, service, provider.GetRequiredService<ILogger<YamuxHandler>>()),
            new SnapshotHandler(
                runtime,
                options,
                provider.GetRequiredService<CallScope>(),
                new SnapshotSource(
                    provider.GetRequiredService<IClusterSnapshots>(), provider.GetRequiredService<ILogger<SnapshotHandler>>())));
    }
}
