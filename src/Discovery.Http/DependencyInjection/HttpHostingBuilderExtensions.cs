using Discovery;
using Discovery.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Ties a node to the ASP.NET Core app around it.</summary>
public static class HttpHostingBuilderExtensions
{
    /// <summary>
    /// Registers the app's services at the addresses that its server really listens on, and makes the app's own health checks theirs.
    /// </summary>
    /// <remarks>
    /// Concerns services that declare neither address nor port, and services that declare no check. Port 0 and wildcards work: the real
    /// port is registered, and the node's advertised address. With several listeners the first one that others can dial is taken, https
    /// before http, and its scheme is put into meta entry <c>scheme</c>; set that entry to choose another. The health is evaluated inside
    /// the process, never by a request to the app.
    /// </remarks>
    /// <param name="builder">The node.</param>
    /// <param name="configure">Sets options; wins over the configuration.</param>
    /// <returns>The node.</returns>
    public static IDiscoveryBuilder AddHttpHosting(this IDiscoveryBuilder builder, Action<HttpHostingOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        IServiceCollection services = builder.Services;
        builder.AddOptionsSection<HttpHostingOptions>("HttpHosting", static (section, options) => section.Bind(options));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<HttpHostingOptions>, HttpHostingOptionsValidator>());
        if (configure is not null)
        {
            services.Configure(configure);
        }

        services.TryAddSingleton<AppHealth>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IAdvertisedAddressSource, ServerAddressSource>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IDefaultCheckSource, AppHealthCheckSource>());
        return builder;
    }
}
