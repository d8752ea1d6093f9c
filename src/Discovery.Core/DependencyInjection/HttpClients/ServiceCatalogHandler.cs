using System.Diagnostics;
using System.Net.Sockets;

namespace Discovery.DependencyInjection;

/// <summary>
/// Sends a request for <c>http://web/</c> to an available instance of service web, picked by weight. Sits next to the primary handler, so
/// that every retry of a handler outside of it picks anew.
/// </summary>
internal sealed class ServiceCatalogHandler(IServiceCatalog catalog, ClientMetrics metrics, ServiceCatalogHttpOptions options)
    : DelegatingHandler
{
    private const string Https = "https";
    private const int PicksPerAttempt = 8;

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
        throw new NotSupportedException("A client that uses the service catalog sends asynchronously only: call SendAsync.");

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.RequestUri is not { IsAbsoluteUri: true } uri || !MayBeService(uri))
        {
            return base.SendAsync(request, cancellationToken);
        }

        ServiceView view = catalog.Find(uri.Host);
        if (view.All.Count == 0)
        {
            metrics.PassedThrough();
            return PassThroughAsync(request, uri, cancellationToken);
        }

        return SendToInstanceAsync(request, uri, view, cancellationToken);
    }

    // A name that DNS does not know either is most often a service's name with a slip in it.
    private async Task<HttpResponseMessage> PassThroughAsync(HttpRequestMessage request, Uri uri, CancellationToken cancellationToken)
    {
        try
        {
            return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.NameResolutionError)
        {
            throw new HttpRequestException(
                e.HttpRequestError, $"The service catalog has no instance of \"{uri.Host}\", and no host has that name: {e.Message}", e);
        }
    }

    private static bool MayBeService(Uri uri) =>
        uri.HostNameType == UriHostNameType.Dns && uri.IsDefaultPort && uri.Scheme is "http" or Https
        && !uri.Host.Contains('.', StringComparison.Ordinal)
        && !string.Equals(uri.Host, "localhost", StringComparison.OrdinalIgnoreCase);

    private async Task<HttpResponseMessage> SendToInstanceAsync(
        HttpRequestMessage request, Uri uri, ServiceView view, CancellationToken cancellationToken)
    {
        using Activity? activity = ClientMetrics.Activities.StartActivity("discovery.client.send");
        activity?.SetTag("discovery.service", uri.Host);
        request.Headers.Host ??= uri.Authority;
        bool mayRetry = ReplayableContent.IsReplayable(request.Content);
        var tried = new List<ServiceInstance>(1);
        while (true)
        {
            // Each attempt looks at the view of now: an instance that left meanwhile is not tried.
            ServiceInstance? instance = Pick(tried.Count == 0 ? view : catalog.Find(uri.Host), tried, uri.Scheme == Https, out Uri? target);
            if (instance is null)
            {
                metrics.NoneAvailable();
                activity?.SetStatus(ActivityStatusCode.Error, "none available");
                throw NoneAvailable(uri, view, tried);
            }

            metrics.Picked();
            activity?.SetTag("discovery.instance", instance.Id);
            request.RequestUri = new UriBuilder(uri) { Scheme = target!.Scheme, Host = target.Host, Port = target.Port }.Uri;
            tried.Add(instance);
            try
            {
                return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
            }
            catch (HttpRequestException e) when (IsRefused(e) && mayRetry && tried.Count < options.AttemptsMax)
            {
                metrics.Refused();
            }
            finally
            {
                request.RequestUri = uri;
            }
        }
    }

    /// <summary>Picks by weight among what was not tried yet; when chance finds only tried ones, takes the first that was not.</summary>
    private static ServiceInstance? Pick(ServiceView view, List<ServiceInstance> tried, bool requireHttps, out Uri? target)
    {
        for (int i = 0; i < PicksPerAttempt; i++)
        {
            if (view.Pick() is { } picked && IsUsable(picked, tried, requireHttps, out target))
            {
                return picked;
            }
        }

        foreach (ServiceInstance instance in view.Available)
        {
            if (instance.Weight > 0 && IsUsable(instance, tried, requireHttps, out target))
            {
                return instance;
            }
        }

        target = null;
        return null;
    }

    // A request for https is never sent in the clear; one for http goes by the scheme that the instance says.
    private static bool IsUsable(ServiceInstance instance, List<ServiceInstance> tried, bool requireHttps, out Uri? target)
    {
        target = instance.Uri;
        return (!requireHttps || target.Scheme == Https)
            && !tried.Exists(t => t.Id == instance.Id && t.Node.Name == instance.Node.Name);
    }

    private static bool IsRefused(HttpRequestException e) =>
        e.HttpRequestError == HttpRequestError.ConnectionError
        && e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused };

    private static HttpRequestException NoneAvailable(Uri uri, ServiceView view, List<ServiceInstance> tried) => new(
        HttpRequestError.ConnectionError,
        $"No instance of service \"{uri.Host}\" can take a request for {uri.Scheme}: {view.All.Count} registered, {view.Available.Count} "
        + $"available, {tried.Count} refused the connection.");
}
