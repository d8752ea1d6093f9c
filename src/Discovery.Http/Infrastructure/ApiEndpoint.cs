using System.Net;
using Discovery.Wire;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Discovery.Infrastructure;

/// <summary>The one endpoint of the API in an app: finds the route, and answers what no handler has to.</summary>
internal sealed class ApiEndpoint(IServiceProvider services)
{
    private ApiServer? _server;
    private bool _isAuthorized;
    private int _groupSegments;

    // Made by the first request: until then the app may still set options, and its start does not pay.
    private ApiServer Server => _server ??= services.GetRequiredService<ApiServer>();

    /// <summary>Reads what the app's conventions have made of the endpoint.</summary>
    public void Configure(EndpointBuilder builder)
    {
        _isAuthorized = builder.Metadata.Any(static one => one is IAuthorizeData or AuthorizationPolicy)
            && !builder.Metadata.Any(static one => one is IAllowAnonymous);
        _groupSegments = builder is RouteEndpointBuilder route ? route.RoutePattern.PathSegments.Count - 2 : 0;
    }

    public Task HandleAsync(HttpContext http)
    {
        ApiServer server = Server;
        if (server.Access.Refuse(http, _isAuthorized) is { } refusal)
        {
            return new ApiCall(http, server, default, 0, 0, default).WriteTextAsync(403, refusal);
        }

        string target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        int segments = _groupSegments + SegmentsOf(http.Request.PathBase);
        if (!ApiTarget.TryRead(target, segments, out ReadOnlyMemory<char> path, out ReadOnlyMemory<char> prefix))
        {
            return EndAsync(http, 404);
        }

        if (!ApiTarget.IsWellEncoded(target))
        {
            return RefuseEncodingAsync(http);
        }

        if (!ApiTarget.IsPrintable(path.Span))
        {
            return EndAsync(http, 400);
        }

        if (ApiTarget.Clean(path.Span) is { } cleaned)
        {
            bool isBare = cleaned.StartsWith("/v1/", StringComparison.Ordinal) && server.Routes.IsPrefixWithoutSlash(cleaned.AsSpan(4));
            return RedirectAsync(http, $"{prefix}{PercentCoding.EncodePath(cleaned)}{(isBare ? "/" : "")}");
        }

        ReadOnlyMemory<char> below = path.Span.StartsWith("/v1/") ? path[4..] : default;
        ApiRoute? route = server.Routes.Find(below.Span, out int restAt);
        if (route is null)
        {
            return server.Routes.IsPrefixWithoutSlash(below.Span)
                ? RedirectAsync(http, $"{prefix}{PercentCoding.EncodePath(path.ToString())}/")
                : EndAsync(http, 404);
        }

        return AnswerAsync(http, route, path, path.Length - below.Length + restAt, prefix.Length);
    }

    private static int SegmentsOf(PathString pathBase) => pathBase.HasValue ? pathBase.Value.AsSpan().Count('/') : 0;

    private static Task EndAsync(HttpContext http, int status)
    {
        http.Response.StatusCode = status;
        http.Response.ContentLength = 0;
        return Task.CompletedTask;
    }

    // What Go's server says before any handler sees the request.
    private static Task RefuseEncodingAsync(HttpContext http)
    {
        http.Response.StatusCode = 400;
        http.Response.ContentType = "text/plain; charset=utf-8";
        return http.Response.WriteAsync("400 Bad Request");
    }

    private static Task RedirectAsync(HttpContext http, string location)
    {
        HttpResponse response = http.Response;
        string target = location + http.Request.QueryString.Value;
        response.StatusCode = 301;
        response.Headers.Location = target;
        if (http.Request.Method != "GET")
        {
            response.ContentLength = 0;
            return Task.CompletedTask;
        }

        string shown = target.Replace("&", "&amp;", StringComparison.Ordinal).Replace("\"", "&#34;", StringComparison.Ordinal)
            .Replace("'", "&#39;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace(">", "&gt;", StringComparison.Ordinal);
        response.ContentType = "text/html; charset=utf-8";
        byte[] body = System.Text.Encoding.UTF8.GetBytes($"<a href=\"{shown}\">Moved Permanently</a>.\n\n");
        response.ContentLength = body.Length;
        return response.Body.WriteAsync(body).AsTask();
    }

    private Task AnswerAsync(HttpContext http, ApiRoute route, ReadOnlyMemory<char> path, int restAt, int prefixLength)
    {
        ApiServer server = Server;
        IHeaderDictionary headers = http.Response.Headers;
        headers.Vary = "Accept-Encoding";
        foreach ((string name, string value) in server.ResponseHeaders)
        {
            headers[name] = value;
        }

        bool isReadable = ApiQuery.TryParse(http.Request.QueryString.Value ?? "", out ApiQuery query);
        var call = new ApiCall(http, server, path, restAt, prefixLength, query);
        if (server.Access.RefuseByConfiguration(http, path.Span) is { } refusal)
        {
            return call.WriteTextAsync(403, refusal);
        }

        if (!route.Allows(http.Request.Method))
        {
            headers.Allow = route.Allow;
            return http.Request.Method == "OPTIONS" ? EndAsync(http, 200) : NotAllowedAsync(call);
        }

        return !isReadable ? EndAsync(http, 500)
            : server.Logger.IsEnabled(LogLevel.Debug) ? RunLoggedAsync(call, route.Handler)
            : RunAsync(call, route.Handler);
    }

    private static async Task RunLoggedAsync(ApiCall call, ApiHandler handler)
    {
        TimeProvider time = call.Server.Time;
        long startedAt = time.GetTimestamp();
        await RunAsync(call, handler);
        ConnectionInfo connection = call.Http.Connection;
        Log.RequestFinished(
            call.Server.Logger,
            call.Method,
            call.ShownTarget,
            connection.RemoteIpAddress is { } from ? new IPEndPoint(from, connection.RemotePort).ToString() : "@",
            GoDuration.Format(time.GetElapsedTime(startedAt)));
    }

    private static Task NotAllowedAsync(ApiCall call)
    {
        string text = $"method {call.Method} not allowed";
        if (call.Method != "HEAD")
        {
            return call.WriteTextAsync(405, text);
        }

        call.Http.Response.ContentType = "text/plain; charset=utf-8";
        call.Http.Response.StatusCode = 405;
        call.Http.Response.ContentLength = text.Length;
        return Task.CompletedTask;
    }

    private static Task RunAsync(ApiCall call, ApiHandler handler)
    {
        Task running;
        try
        {
            running = handler(call);
        }
        catch (Exception e) when (IsAnswer(call, e))
        {
            return FailAsync(call, e);
        }

        return running.IsCompletedSuccessfully ? running : WaitAsync(call, running);
    }

    private static async Task WaitAsync(ApiCall call, Task running)
    {
        try
        {
            await running;
        }
        catch (Exception e) when (IsAnswer(call, e))
        {
            await FailAsync(call, e);
        }
        catch (Exception e) when (e is ConnectionAbortedException
            || (e is OperationCanceledException && call.Aborted.IsCancellationRequested))
        {
            // The caller has gone: nobody is there to be answered.
        }
    }

    // What comes after the reply has begun is the server's to end.
    private static bool IsAnswer(ApiCall call, Exception e) => !call.Http.Response.HasStarted
        && e is not ConnectionAbortedException && !(e is OperationCanceledException && call.Aborted.IsCancellationRequested);

    // A body that is too slow, cut off or badly framed. The server would tell of it as a failure of the app, once for each such caller.
    private static Task RefuseUnreadableAsync(ApiCall call, BadHttpRequestException e)
    {
        if (HttpProtocol.IsHttp11(call.Http.Request.Protocol) || HttpProtocol.IsHttp10(call.Http.Request.Protocol))
        {
            call.Http.Response.Headers.Connection = "close";
        }

        return call.FailAsync(e.StatusCode, e.Message);
    }

    private static Task FailAsync(ApiCall call, Exception e)
    {
        switch (e)
        {
            case ApiException answer:
                return call.FailAsync(answer.Status, answer.Message);
            case DiscoveryException trouble:
                (int status, string text) = ApiErrors.Of(trouble, call.Server.Node.Status.Concern);
                return call.FailAsync(status, text);
            case BadHttpRequestException unreadable:
                return RefuseUnreadableAsync(call, unreadable);
            default:
                Log.HandlerFailed(call.Server.Logger, call.Method, call.Http.Request.Path, e);
                return call.FailAsync(500, "The request failed unexpectedly; the log of the node says why");
        }
    }
}
