using Discovery;
using Discovery.Infrastructure;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps Consul's HTTP API in an app.</summary>
public static class DiscoveryEndpointRouteBuilderExtensions
{
    /// <summary>Maps everything below <c>/v1</c> to the node, on the app's own listener. Nothing else of the app is touched.</summary>
    /// <remarks>
    /// Until the caller is made to say who he is, with <c>RequireAuthorization</c> on what this returns, or
    /// <see cref="HttpApiOptions.AllowRemote"/> is set, only callers on this machine are answered; others get 403. A path below
    /// <c>/v1</c> that the API does not have is answered 404, whatever fallback the app has; endpoints of the app that are more
    /// specific win.
    /// </remarks>
    /// <param name="endpoints">The app, or a group of its routes.</param>
    /// <returns>Takes conventions for the API as a whole.</returns>
    /// <exception cref="InvalidOperationException"><c>AddHttpApi</c> is missing.</exception>
    public static IEndpointConventionBuilder MapDiscovery(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        if (endpoints.ServiceProvider.GetService<IServiceProviderIsService>()?.IsService(typeof(ApiServer)) != true)
        {
            throw new InvalidOperationException(
                "The app has no HTTP API to map: write builder.Services.AddDiscovery().AddHttpApi() before builder.Build().");
        }

        var endpoint = new ApiEndpoint(endpoints.ServiceProvider);
        IEndpointConventionBuilder builder = endpoints.Map("/v1/{**rest}", endpoint.HandleAsync);
        builder.Add(static one =>
        {
            one.DisplayName = "Discovery /v1";
            one.Metadata.Add(new DisableRequestTimeoutAttribute());
            one.Metadata.Add(new DisableRateLimitingAttribute());
            one.Metadata.Add(new ExcludeFromDescriptionAttribute());
        });
        builder.Finally(endpoint.Configure);
        return builder;
    }
}
