using Discovery;
using Discovery.Catalog;
using Discovery.Coordinates;
using Discovery.DependencyInjection;
using Discovery.Events;
using Discovery.Health;
using Discovery.Infrastructure;
using Discovery.KeyValue;
using Discovery.Operator;
using Discovery.Sessions;
using Discovery.Snapshots;
using Discovery.Status;
using Discovery.Transactions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds Consul's HTTP API to a node.</summary>
public static class HttpApiBuilderExtensions
{
    /// <summary>
    /// Adds Consul's HTTP API, and what <see cref="HttpHostingBuilderExtensions.AddHttpHosting"/> adds. The app maps it with
    /// <c>app.MapDiscovery()</c>, on its own listener.
    /// </summary>
    /// <remarks>
    /// Configuration section <c>Discovery:Http</c> is bound first; what <paramref name="configure"/> sets wins. Without
    /// <c>AddKeyValue</c> the routes of keys, transactions and sessions answer 500 with a text that says so: 404 would mean that a key
    /// is not there.
    /// </remarks>
    /// <param name="builder">The node.</param>
    /// <param name="configure">Sets options; wins over the configuration.</param>
    /// <returns>The node.</returns>
    public static IDiscoveryBuilder AddHttpApi(this IDiscoveryBuilder builder, Action<HttpApiOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddHttpHosting();
        IServiceCollection services = builder.Services;
        services.AddRouting();
        builder.AddOptionsSection<HttpApiOptions>("Http", static (section, options) => section.Bind(options));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<HttpApiOptions>, HttpApiOptionsValidator>());
        if (configure is not null)
        {
            services.Configure(configure);
        }

        AgentComposition.Add(services);
        services.TryAddSingleton<ApiServer>();
        services.TryAddEnumerable([
            ServiceDescriptor.Singleton<IEndpointGroup, StatusEndpoints>(),
            ServiceDescriptor.Singleton<IEndpointGroup, CatalogEndpoints>(),
            ServiceDescriptor.Singleton<IEndpointGroup, CatalogWriteEndpoints>(),
            ServiceDescriptor.Singleton<IEndpointGroup, HealthEndpoints>(),
            ServiceDescriptor.Singleton<IEndpointGroup, CoordinateEndpoints>(),
            ServiceDescriptor.Singleton<IEndpointGroup, KeyValueEndpoints>(),
            ServiceDescriptor.Singleton<IEndpointGroup, SessionEndpoints>(),
            ServiceDescriptor.Singleton<IEndpointGroup, TransactionEndpoints>(),
            ServiceDescriptor.Singleton<IEndpointGroup, RaftEndpoints>(),
            ServiceDescriptor.Singleton<IEndpointGroup, AutopilotEndpoints>(),
            ServiceDescriptor.Singleton<IEndpointGroup, SnapshotEndpoints>(),
            ServiceDescriptor.Singleton<IEndpointGroup, EventEndpoints>(),
        ]);
        return builder;
    }
}
