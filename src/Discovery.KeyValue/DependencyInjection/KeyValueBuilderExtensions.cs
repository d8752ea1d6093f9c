using Discovery;
using Discovery.Configuration;
using Discovery.KeyValue;
using Discovery.Locks;
using Discovery.Sessions;
using Discovery.Transactions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Gives a node a key/value store.</summary>
public static class KeyValueBuilderExtensions
{
    /// <summary>
    /// Adds the replicated key/value store with transactions, sessions and locks. All servers of a cluster must have it.
    /// </summary>
    /// <remarks>Inject <see cref="IKeyValueStore"/>, <see cref="ISessions"/> or <see cref="IDistributedLocks"/>.</remarks>
    /// <param name="builder">The node.</param>
    /// <param name="configure">Sets limits; wins over the configuration.</param>
    /// <returns>The node.</returns>
    public static IDiscoveryBuilder AddKeyValue(this IDiscoveryBuilder builder, Action<KeyValueOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        IServiceCollection services = builder.Services;
        builder.AddOptionsSection<KeyValueOptions>("KeyValue", static (section, options) => section.Bind(options));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<KeyValueOptions>, KeyValueOptionsValidator>());
        builder.AddOptionsSection<SessionLimitOptions>("SessionLimits", static (section, options) => section.Bind(options));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SessionLimitOptions>, SessionLimitOptionsValidator>());
        if (configure is not null)
        {
            services.Configure(configure);
        }

        if (services.Any(static d => d.ServiceType == typeof(KeyValueModule)))
        {
            return builder;
        }

        builder.AddStateModule<KeyValueModule>();
        services.TryAddSingleton<KeyValueScope>();
        services.TryAddSingleton<KeyValueWatcher>();
        services.TryAddSingleton<IKeyValueStore, KeyValueStore>();
        services.TryAddSingleton<LeaseKeeper>();
        services.TryAddSingleton<KeyValueMetrics>();
        services.AddSingleton<INodeLoop>(static provider =>
        {
            _ = provider.GetRequiredService<KeyValueMetrics>();
            return provider.GetRequiredService<LeaseKeeper>();
        });
        services.AddSingleton<INodeLoop>(static provider => new ConfigurationLoop(
            provider.GetRequiredService<IKeyValueStore>(),
            provider.GetRequiredService<NodeRuntime>(),
            provider.GetRequiredService<ILogger<ConfigurationLoop>>(),
            provider.GetService<IConfiguration>()));
        services.TryAddSingleton(static provider => new SessionIdentity(
            provider.GetRequiredService<IDiscoveryNode>().Name, Guid.NewGuid));
        services.TryAddSingleton<RenewalForwarder>();
        services.TryAddSingleton<LeaseRenewals>();
        services.TryAddSingleton<ISessions, SessionStore>();
        services.TryAddSingleton(static provider => new LockParts(
            provider.GetRequiredService<KeyValueModule>(),
            provider.GetRequiredService<StateMachine>(),
            provider.GetRequiredService<CommandClient>(),
            provider.GetRequiredService<ISessions>(),
            provider.GetRequiredService<NodeRuntime>(),
            provider.GetRequiredService<SessionIdentity>(),
            provider.GetRequiredService<NodeLifetime>(),
            provider.GetRequiredService<ILogger<DistributedLocks>>()));
        services.TryAddSingleton<IDistributedLocks, DistributedLocks>();
        services.TryAddEnumerable([
            ServiceDescriptor.Singleton<IRpcMethodGroup, KeyValueMethods>(),
            ServiceDescriptor.Singleton<IRpcMethodGroup, SessionMethods>(),
            ServiceDescriptor.Singleton<IRpcMethodGroup, TransactionMethods>(),
        ]);
        return builder;
    }
}
