using System.Net;
using Discovery.DependencyInjection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Discovery.Infrastructure;

/// <summary>Who may call from where. Says why not, or nothing.</summary>
/// <remarks>
/// The API changes the node without asking who calls, and lives on a listener that the app may show to the world and to browsers. So:
/// callers on other machines are refused, and a request that a proxy passed on is one of those, wherever the proxy runs; a page of
/// another origin may not write (the browser says where the page is from), nor one whose name was made to lead here (the Host is not
/// this machine's).
/// </remarks>
internal sealed class ApiAccess
{
    private const string Remedy =
        "The discovery API answers callers on this machine only, because it lets anybody change the node. To open it, write "
        + "app.MapDiscovery().RequireAuthorization(...), or set HttpApiOptions.AllowRemote (configuration Discovery:Http:AllowRemote) "
        + "when the network is trusted.";

    private const string ForeignOrigin =
        "Writes from pages of another origin are refused. To accept them, name the origin in HttpApiOptions.ResponseHeaders, "
        + "header Access-Control-Allow-Origin.";

    private const string ForeignHost =
        "Writes are refused whose Host header is no name of this machine. Call it by its address or localhost, or write "
        + "app.MapDiscovery().RequireAuthorization(...).";

    private static readonly string[] s_forwarding =
        ["X-Forwarded-For", "Forwarded", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "X-Original-For"];

    private readonly HttpApiOptions _options;
    private readonly IPNetwork[] _writers;
    private readonly string[] _blocked;
    private readonly string[] _ownNames;
    private readonly string? _allowedOrigin;

    public ApiAccess(HttpApiOptions options, string nodeName)
    {
        _options = options;
        _writers = [.. options.AllowWriteFrom.Select(static text =>
            HttpApiOptionsValidator.TryParseNetwork(text, out IPNetwork network) ? network : default)];
        _blocked = [.. options.BlockEndpoints];
        _ownNames = ["localhost", nodeName, Environment.MachineName];
        _allowedOrigin = options.ResponseHeaders.FirstOrDefault(static pair =>
            string.Equals(pair.Key, "Access-Control-Allow-Origin", StringComparison.OrdinalIgnoreCase)).Value;
    }

    /// <summary>Says why a request is refused, or null.</summary>
    /// <param name="http">The request.</param>
    /// <param name="isAuthorized">Whether the app decides who may call.</param>
    public string? Refuse(HttpContext http, bool isAuthorized)
    {
        IPAddress? remote = http.Connection.RemoteIpAddress;
        if (!isAuthorized && !_options.AllowRemote && IsRemote(http, remote))
        {
            return Remedy;
        }

        string method = http.Request.Method;
        return method is "GET" or "HEAD" or "OPTIONS" ? null : RefuseWrite(http, remote, isAuthorized);
    }

    /// <summary>Says why Consul's own rules of the configuration refuse a request, or null.</summary>
    public string? RefuseByConfiguration(HttpContext http, ReadOnlySpan<char> path)
    {
        foreach (string blocked in _blocked)
        {
            if (path.StartsWith(blocked, StringComparison.Ordinal))
            {
                return "Endpoint is blocked by agent configuration";
            }
        }

        return _writers.Length == 0 || http.Request.Method is "GET" or "HEAD" or "OPTIONS"
            || http.Connection.RemoteIpAddress is not { } remote || Array.Exists(_writers, network => network.Contains(Plain(remote)))
                ? null
                : "Access is restricted";
    }

    private static bool IsRemote(HttpContext http, IPAddress? remote)
    {
        if (remote is not null && !IPAddress.IsLoopback(remote))
        {
            return true;
        }

        IHeaderDictionary headers = http.Request.Headers;
        foreach (string name in s_forwarding)
        {
            if (headers.ContainsKey(name))
            {
                return true;
            }
        }

        return false;
    }

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private string? RefuseWrite(HttpContext http, IPAddress? remote, bool isAuthorized)
    {
        HostString host = http.Request.Host;
        StringValues origins = http.Request.Headers.Origin;
        if (origins.Count > 0 && !IsOwnOrigin(origins.ToString(), host))
        {
            return ForeignOrigin;
        }

        // No browser speaks to a unix socket; whoever does may put anything into Host.
        bool isNameChecked = !isAuthorized && !_options.AllowRemote && remote is not null;
        return isNameChecked && !IsOwnName(host.Host) ? ForeignHost : null;
    }

    private bool IsOwnOrigin(string origin, HostString host)
    {
        if (_allowedOrigin is not null && (_allowedOrigin == "*" || _allowedOrigin == origin))
        {
            return true;
        }

        int scheme = origin.IndexOf("://", StringComparison.Ordinal);
        return scheme > 0 && string.Equals(origin[(scheme + 3)..], host.Value, StringComparison.OrdinalIgnoreCase);
    }

    private bool IsOwnName(string host)
    {
        if (host.Length == 0)
        {
            // HTTP/1.0 without a Host header: no browser.
            return true;
        }

        return IPAddress.TryParse(host, out _)
            || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
            || Array.Exists(_ownNames, name => string.Equals(name, host, StringComparison.OrdinalIgnoreCase));
    }
}
