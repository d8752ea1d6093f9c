using System.Diagnostics.Metrics;
using Discovery;
using Discovery.Autopilot;
using Discovery.DependencyInjection;
using Discovery.Storage;
using Discovery.Transport;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Makes a node's log durable.</summary>
public static class RaftBuilderExtensions
{
    /// <summary>Keeps the node's log below its data directory: what was acknowledged is on the disk, and there after a crash.</summary>
    /// <remarks>
    /// Needs <see cref="NodeOptions.DataDirectory"/>. A node whose disk fails refuses work and says why in its health; it never takes the
    /// host process down.
    /// </remarks>
    /// <param name="builder">The node.</param>
    /// <param name="configure">Sets options; wins over the configuration.</param>
    /// <returns>The node.</returns>
    public static IDiscoveryBuilder AddRaft(this IDiscoveryBuilder builder, Action<RaftOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        IServiceCollection services = builder.Services;
        builder.AddOptionsSection<RaftOptions>("Raft", static (section, options) => section.Bind(options));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RaftOptions>, RaftOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<NodeOptions>, DataDirectoryValidator>());
        if (configure is not null)
        {
            services.Configure(configure);
        }

        if (services.Any(static d => d.ServiceType == typeof(RaftServer)))
        {
            return builder;
        }

        services.TryAddSingleton<IDisk>(static provider => new PhysicalDisk());
        services.TryAddSingleton(static provider => KeepNoState(new RaftServer(
            provider.GetRequiredService<StateMachine>(),
            provider.GetRequiredService<NodeRuntime>(),
            new ServerPlace(
                provider.GetRequiredService<IDisk>(),
                Path.GetFullPath(provider.GetRequiredService<IOptions<NodeOptions>>().Value.DataDirectory!)),
            provider.GetRequiredService<IOptions<RaftOptions>>().Value,
            MakerOfNetwork(provider),
            provider.GetRequiredService<ILogger<RaftServer>>())
        {
            Desk = provider.GetRequiredService<LeaderDesk>,
            Lifetime = provider.GetRequiredService<NodeLifetime>(),
            Rpc = provider.GetService<IRpcServer>(),
        }));
        services.TryAddSingleton<ServerList>();
        services.TryAddSingleton<IServerDirectory>(static provider => provider.GetRequiredService<ServerList>());
        AddMembers(services);
        services.TryAddSingleton<RaftConnectionHandler>();
        services.AddSingleton<INodeConnectionHandler>(static provider => provider.GetRequiredService<RaftConnectionHandler>());
        services.Replace(ServiceDescriptor.Singleton<ICommandLog>(static provider => provider.GetRequiredService<RaftServer>()));
        return builder;
    }

    // From the first moment: what a witness has is nobody's empty catalog.
    private static RaftServer KeepNoState(RaftServer server)
    {
        if (server.IsWitness)
        {
            server.StateMachine.KeepNoState(server.Absence);
        }

        return server;
    }

    private static void AddMembers(IServiceCollection services)
    {
        services.TryAddSingleton<ServerNames>();
        services.TryAddSingleton(static provider => new ClusterWatch(
            provider.GetRequiredService<RaftServer>(),
            provider.GetRequiredService<ServerList>(),
            provider.GetRequiredService<ServerNames>(),
            provider.GetRequiredService<NodeRuntime>(),
            provider.GetRequiredService<IOptions<RaftOptions>>().Value));
        services.TryAddSingleton(static provider => new AutopilotParts(
            provider.GetRequiredService<ClusterWatch>(),
            provider.GetRequiredService<ServerList>(),
            provider.GetService<IAutopilotStore>(),
            provider.GetRequiredService<IOptions<RaftOptions>>().Value.FailedAfter,
            provider.GetRequiredService<NodeRuntime>(),
            new AutopilotMetrics(provider.GetRequiredService<IMeterFactory>()),
            provider.GetRequiredService<ILogger<AutopilotLoop>>()));
        services.AddSingleton<INodeLoop, AutopilotLoop>();
        services.TryAddSingleton<ClusterShow>();
        services.TryAddSingleton(static provider => new LeaderDesk(
            provider.GetRequiredService<RaftServer>(),
            provider.GetRequiredService<ClusterShow>(),
            provider.GetRequiredService<AutopilotParts>(),
            provider.GetRequiredService<IOptions<RaftOptions>>().Value));
        services.Replace(ServiceDescriptor.Singleton<IClusterOperator, ClusterOperator>());
    }

    private static Func<RaftNetwork?> MakerOfNetwork(IServiceProvider provider)
    {
        bool hasPort = provider.GetService<IRpcServer>() is not null;
        if (!hasPort && provider.GetRequiredService<IOptions<RaftOptions>>().Value.Servers.Count > 1)
        {
            throw new InvalidOperationException(
                "AddRaft has a list of servers, and they have no port to reach each other by: call AddRpcServer() too.");
        }

        return () => hasPort ? CreateNetwork(provider) : null;
    }

    private static RaftNetwork CreateNetwork(IServiceProvider provider) => new(
        provider.GetRequiredService<RaftConnectionHandler>(),
        provider.GetRequiredService<ServerList>(),
        provider.GetRequiredService<INodeConnector>(),
        provider.GetRequiredService<NodeRuntime>(),
        provider.GetRequiredService<IMeterFactory>(),
        provider.GetRequiredService<ILogger<RaftTransport>>());
}
