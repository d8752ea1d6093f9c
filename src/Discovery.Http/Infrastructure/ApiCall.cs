using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Discovery.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Discovery.Infrastructure;

/// <summary>One request as a handler sees it: what was asked, who asks, and how to answer.</summary>
internal sealed partial class ApiCall
{
    private readonly ReadOnlyMemory<char> _rest;
    private readonly int _restAt;
    private readonly int _prefixLength;
    private bool _showsConsistency;
    private bool _showsCache;
    private string? _restText;
    private CallContext? _context;

    /// <param name="http">The request.</param>
    /// <param name="server">What all requests share.</param>
    /// <param name="path">The path, decoded.</param>
    /// <param name="restAt">Where in it the route's pattern ends.</param>
    /// <param name="prefixLength">How much of the target comes before the path.</param>
    /// <param name="query">The query string.</param>
    public ApiCall(HttpContext http, ApiServer server, ReadOnlyMemory<char> path, int restAt, int prefixLength, in ApiQuery query)
    {
        Http = http;
        Server = server;
        _rest = path[restAt..];
        _restAt = restAt;
        _prefixLength = prefixLength;
        Query = query;
    }

    public HttpContext Http { get; }

    public ApiServer Server { get; }

    /// <summary>The query string.</summary>
    public ApiQuery Query { get; }

    /// <summary>What the path has beyond the route's pattern, decoded: a name, slashes included.</summary>
    public ReadOnlySpan<char> RestSpan => _rest.Span;

    /// <summary>What the path has beyond the route's pattern, decoded: a name, slashes included.</summary>
    public string Rest => _restText ??= _rest.ToString();

    /// <summary>The same as bytes: also those that are no UTF-8.</summary>
    public byte[] RestBytes()
    {
        ReadOnlySpan<char> rest = _rest.Span;
        var bytes = new byte[rest.Length];
        return Ascii.FromUtf16(rest, bytes, out _) == OperationStatus.Done
            ? bytes
            : ApiTarget.ReadBytes(Http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget, _prefixLength, _restAt);
    }

    public string Method => Http.Request.Method;

    /// <summary>Path and query as a log may show them: without a token.</summary>
    public string ShownTarget
    {
        get
        {
            string target = Http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
            if (!Query.Has("token"))
            {
                return target;
            }

            // Where it is not the one plain pair, the whole query is hidden.
            int query = target.IndexOf('?', StringComparison.Ordinal);
            int at = Math.Max(target.IndexOf("?token=", StringComparison.Ordinal), target.IndexOf("&token=", StringComparison.Ordinal));
            int end = at < 0 ? -1 : target.AsSpan(at + 1).IndexOfAny('&', ';');
            return at < 0 || Query.GetAll("token").Count > 1 ? $"{target[..(query + 1)]}<hidden>"
                : $"{target[..(at + 7)]}<hidden>{(end < 0 ? "" : target[(at + 1 + end)..])}";
        }
    }

    /// <summary>The token that came with the request; null for none.</summary>
    public string? Token => Context.Token;

    /// <summary>Who calls, from where, and for which datacenter.</summary>
    public CallContext Context => _context ??= CreateContext();

    /// <summary>Ends when the caller has gone.</summary>
    public CancellationToken Aborted => Http.RequestAborted;

    /// <summary>Refuses what belongs to Consul's paid edition: a namespace, in the query or a header.</summary>
    public void RefuseNamespace()
    {
        if (Query.Get("ns").Length > 0)
        {
            throw ApiException.BadRequest(
                "Bad request: Invalid query parameter: \"ns\" - Namespaces are a Consul Enterprise feature");
        }

        if (Http.Request.Headers.ContainsKey("X-Consul-Namespace"))
        {
            throw ApiException.BadRequest(
                "Bad request: Invalid header: \"X-Consul-Namespace\" - Namespaces are a Consul Enterprise feature");
        }
    }

    /// <summary>Refuses a call for another datacenter, where what comes next would be told first.</summary>
    public void RefuseForeignDatacenter()
    {
        if (Context.Datacenter is { } other && !string.Equals(other, Server.Node.Datacenter, StringComparison.OrdinalIgnoreCase))
        {
            throw new DiscoveryException(DiscoveryError.NoPathToDatacenter, "No path to datacenter");
        }
    }

    /// <summary>What is left of the path, or 400 with a text when that is nothing.</summary>
    public string RequireRest(string missing) => _rest.IsEmpty ? throw ApiException.BadRequest(missing) : Rest;

    /// <summary>How a read is to be carried out: index, wait, consistency, caller. Throws Consul's 400 for what cannot be read.</summary>
    public QueryOptions ReadOptions()
    {
        CheckCacheControl();
        ReadConsistency consistency = ReadConsistencyMode();
        (ulong index, TimeSpan wait) = ReadWaiting();
        return new QueryOptions
        {
            Context = Context,
            Consistency = consistency,
            AfterIndex = index,
            Wait = index == 0 ? TimeSpan.Zero : Server.WaitOf(wait),
        };
    }

    /// <summary>The index to wait beyond, and for how long; in this order Consul tells what it cannot read.</summary>
    public (ulong Index, TimeSpan Wait) ReadWaiting()
    {
        TimeSpan wait = TimeSpan.Zero;
        ReadOnlySpan<char> text = Query.GetRaw("wait");
        if (!text.IsEmpty && !GoDuration.TryParse(text, out wait))
        {
            throw ApiException.BadRequest("Invalid wait time");
        }

        ulong index = 0;
        text = Query.GetRaw("index");
        if (!text.IsEmpty && !ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out index))
        {
            throw ApiException.BadRequest("Invalid index");
        }

        return (index, wait);
    }

    /// <summary>Runs a read and answers, with the index headers.</summary>
    /// <param name="options">How; a read that blocks is one of those that may at once.</param>
    /// <param name="read">The read.</param>
    /// <param name="write">Writes the body; the headers are set.</param>
    /// <param name="showsConsistency">Whether the route tells which consistency was served.</param>
    /// <param name="defersMeta">Whether also the failure of a read has the index headers.</param>
    public Task RunAsync<T>(
        QueryOptions options,
        Func<QueryOptions, CancellationToken, ValueTask<QueryReply<T>>> read,
        Func<ApiCall, T, Task> write,
        bool showsConsistency = true,
        bool defersMeta = true)
    {
        _defersMeta = defersMeta;
        _showsConsistency = showsConsistency;
        if (options.AfterIndex > 0)
        {
            return BlockAsync(options, read, write);
        }

        ValueTask<QueryReply<T>> reply = read(options, default);
        return reply.IsCompletedSuccessfully ? AnswerAsync(reply.Result, write) : WaitAsync(reply, write);
    }

    private Task AnswerAsync<T>(QueryReply<T> reply, Func<ApiCall, T, Task> write)
    {
        SetMeta(reply.Index, reply.LastContact, reply.IsLeaderKnown);
        if (_showsConsistency)
        {
            SetConsistency(reply.Consistency);
        }

        if (_showsCache)
        {
            Http.Response.Headers["X-Cache"] = "MISS";
        }

        return write(this, reply.Body);
    }

    private async Task WaitAsync<T>(ValueTask<QueryReply<T>> reply, Func<ApiCall, T, Task> write) =>
        await AnswerAsync(await reply, write);

    private async Task BlockAsync<T>(
        QueryOptions options, Func<QueryOptions, CancellationToken, ValueTask<QueryReply<T>>> read, Func<ApiCall, T, Task> write) =>
        await AnswerAsync(await ReadBlockingAsync(options, read), write);

    private async ValueTask<QueryReply<T>> ReadBlockingAsync<T>(
        QueryOptions options, Func<QueryOptions, CancellationToken, ValueTask<QueryReply<T>>> read)
    {
        EnterBlocking();
        try
        {
            return await read(options, Http.RequestAborted);
        }
        finally
        {
            Server.LeaveBlocking();
        }
    }

    /// <summary>Counts a query that blocks, or refuses it; who was let in must leave by <see cref="ApiServer.LeaveBlocking"/>.</summary>
    public void EnterBlocking()
    {
        if (!Server.TryEnterBlocking())
        {
            Http.Response.Headers.RetryAfter = "1";
            throw new ApiException(503, string.Create(
                CultureInfo.InvariantCulture,
                $"Too many blocking queries: {Server.Options.BlockedQueriesMax} are open (HttpApiOptions.BlockedQueriesMax)"));
        }
    }

    /// <summary>The pairs of parameter <c>node-meta</c>: a text without a colon is a key with an empty value.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> NodeMeta()
    {
        IReadOnlyList<string> texts = Query.GetAll("node-meta");
        return texts.Count == 0 ? [] : [.. texts.Select(static text =>
        {
            int colon = text.IndexOf(':', StringComparison.Ordinal);
            return colon < 0 ? KeyValuePair.Create(text, "") : KeyValuePair.Create(text[..colon], text[(colon + 1)..]);
        })];
    }

    /// <summary>The node of parameter <c>near</c>; this one when that says so; null for none.</summary>
    public string? Near() => Query.Get("near") switch
    {
        "" => null,
        "_agent" => Server.Node.Name,
        { } name => name,
    };

    /// <summary>The route is one of those that Consul's agents answer from a cache: who asks for that is told that it was not.</summary>
    /// <remarks>There is no cache: a read of this node's state is as fast, and never older.</remarks>
    public void ShowCache() => _showsCache = Query.Has("cached");

    /// <summary>Parameter <c>filter</c>; null for none.</summary>
    public string? Filter() => Query.Get("filter") is { Length: > 0 } filter ? filter : null;

    private void CheckCacheControl()
    {
        string header = Http.Request.Headers.CacheControl.ToString();
        foreach (Range part in header.AsSpan().Split(','))
        {
            ReadOnlySpan<char> directive = header.AsSpan()[part].Trim();
            int equals = directive.IndexOf('=');
            if (equals > 0 && directive[..equals] is "max-age" or "stale-if-error"
                && !int.TryParse(directive[(equals + 1)..], CultureInfo.InvariantCulture, out _))
            {
                throw ApiException.BadRequest("Invalid Cache-Control header.");
            }
        }
    }

    private ReadConsistency ReadConsistencyMode()
    {
        bool isStale = Query.Has("stale");
        bool isConsistent = Query.Has("consistent");
        ReadOnlySpan<char> maxStale = Query.GetRaw("max_stale");
        if (!maxStale.IsEmpty)
        {
            if (!GoDuration.TryParse(maxStale, out TimeSpan bound))
            {
                throw ApiException.BadRequest($"Invalid max_stale value \"{maxStale}\"");
            }

            isStale |= bound > TimeSpan.Zero;
        }

        if (isStale && isConsistent)
        {
            throw ApiException.BadRequest("Cannot specify ?stale with ?consistent, conflicting semantics.");
        }

        if (isConsistent && Query.Has("cached"))
        {
            throw ApiException.BadRequest("Cannot specify ?cached with ?consistent, conflicting semantics.");
        }

        return isStale ? ReadConsistency.Stale : isConsistent ? ReadConsistency.Consistent : ReadConsistency.Default;
    }

    private CallContext CreateContext()
    {
        string datacenter = Query.Get("dc");
        return new CallContext
        {
            Token = FindToken(),
            Datacenter = datacenter.Length == 0 ? null : datacenter,
            SourceAddress = Http.Connection.RemoteIpAddress,
            Trace = Activity.Current?.Context ?? default,
        };
    }

    private string? FindToken()
    {
        if (Query.TryGet("token", out string token) && token.Length > 0)
        {
            return token;
        }

        IHeaderDictionary headers = Http.Request.Headers;
        if (headers.TryGetValue("X-Consul-Token", out var header) && header.ToString() is { Length: > 0 } own)
        {
            return own;
        }

        string[] words = headers.Authorization.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words.Length > 1 && string.Equals(words[0], "Bearer", StringComparison.OrdinalIgnoreCase) ? words[1] : null;
    }
}
