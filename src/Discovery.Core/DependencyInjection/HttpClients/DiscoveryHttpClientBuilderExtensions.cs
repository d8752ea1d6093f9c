using Discovery;
using Discovery.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Http;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Lets an <see cref="HttpClient"/> reach services by name.</summary>
public static class DiscoveryHttpClientBuilderExtensions
{
    /// <summary>Sends requests for the name of a service, such as <c>http://web/</c>, to one of its available instances.</summary>
    /// <remarks>
    /// Names with a dot or a port, addresses, localhost and names that no service has go where they would without this. The Host header
    /// stays the name. The instance says whether to use TLS; a request for https goes to instances with TLS only. Another instance is
    /// tried only when a connection was refused, and only if the body can be sent again. The lookup is the innermost handler, wherever in
    /// the chain of calls this stands.
    /// </remarks>
    /// <param name="builder">The client.</param>
    /// <param name="configure">Sets limits.</param>
    /// <returns>The client.</returns>
    public static IHttpClientBuilder UseServiceCatalog(
        this IHttpClientBuilder builder, Action<ServiceCatalogHttpOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = new ServiceCatalogHttpOptions();
        configure?.Invoke(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.AttemptsMax, 1);
        builder.Services.AddMetrics();
        builder.Services.TryAddSingleton<ClientMetrics>();
        builder.Services.PostConfigure<HttpClientFactoryOptions>(
            builder.Name, factory => factory.HttpMessageHandlerBuilderActions.Add(handlers => AddInnermost(handlers, options)));
        return builder;
    }

    private static void AddInnermost(HttpMessageHandlerBuilder handlers, ServiceCatalogHttpOptions options)
    {
        if (handlers.AdditionalHandlers.Any(static handler => handler is ServiceCatalogHandler))
        {
            return;
        }

        IServiceCatalog catalog = handlers.Services.GetService<IServiceCatalog>() ?? throw new InvalidOperationException(
            $"HttpClient \"{handlers.Name}\" uses the service catalog, but this app is no node: call services.AddDiscovery().");
        handlers.AdditionalHandlers.Add(
            new ServiceCatalogHandler(catalog, handlers.Services.GetRequiredService<ClientMetrics>(), options));
    }
}
