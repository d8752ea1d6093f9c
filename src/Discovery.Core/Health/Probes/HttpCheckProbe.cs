using System.Net;
using System.Text;

namespace Discovery.Health;

/// <summary>2xx passes, 429 warns, everything else is critical. Each run opens a connection of its own and closes it.</summary>
internal sealed class HttpCheckProbe : ICheckProbe
{
    private readonly Uri _url;
    private readonly HttpMethod _method;
    private readonly byte[]? _body;
    private readonly (string Name, string[] Values)[] _headers;
    private readonly ProbeTls _tls;
    private readonly bool _redirects;
    private readonly int _outputMax;
    private readonly int _readMax;
    private readonly TimeProvider _time;

    public HttpCheckProbe(CheckDefinition definition, int outputMax, int readMax, TimeProvider time)
    {
        _url = new Uri(definition.Http!, UriKind.Absolute);
        _method = string.IsNullOrEmpty(definition.Method) ? HttpMethod.Get : new HttpMethod(definition.Method);
        _body = string.IsNullOrEmpty(definition.Body) ? null : Encoding.UTF8.GetBytes(definition.Body);
        _headers = [.. (definition.Header ?? new Dictionary<string, IList<string>>())
            .OrderBy(h => h.Key, StringComparer.Ordinal).Select(h => (h.Key, h.Value?.ToArray() ?? []))];
        _tls = ProbeTls.From(definition);
        _redirects = !definition.DisableRedirects;
        _outputMax = outputMax;
        _readMax = readMax;
        _time = time;
    }

    public async ValueTask<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        using HttpMessageInvoker client = ProbeHttpClient.Create(_tls, _time, HttpVersion.Version11, _redirects);
        using HttpRequestMessage request = CreateRequest();
        using HttpResponseMessage response = await client.SendAsync(request, cancellationToken);
        var tail = new TailBuffer(_outputMax);
        await using Stream body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[8192];
        int read;
        while ((read = await body.ReadAsync(buffer, cancellationToken)) > 0)
        {
            tail.Write(buffer.AsSpan(0, read));
            if (tail.Total > _readMax)
            {
                return CheckResult.Critical($"HTTP {_method} {_url.OriginalString}: the body has more than {_readMax} bytes");
            }
        }

        int code = (int)response.StatusCode;
        CheckStatus status = code switch
        {
            >= 200 and <= 299 => CheckStatus.Passing,
            429 => CheckStatus.Warning,
            _ => CheckStatus.Critical,
        };
        return new CheckResult(
            status, $"HTTP {_method} {_url.OriginalString}: {code} {response.ReasonPhrase} Output: {tail.Text()}");
    }

    private HttpRequestMessage CreateRequest()
    {
        var request = new HttpRequestMessage(_method, _url) { Version = HttpVersion.Version11 };
        if (_body is not null)
        {
            request.Content = new ByteArrayContent(_body);
        }

        request.Headers.ConnectionClose = true;
        foreach ((string name, string[] values) in _headers)
        {
            if (string.Equals(name, "Host", StringComparison.OrdinalIgnoreCase))
            {
                request.Headers.Host = values.FirstOrDefault();
            }
            else if (!request.Headers.TryAddWithoutValidation(name, values))
            {
                request.Content ??= new ByteArrayContent([]);
                request.Content.Headers.Remove(name);
                request.Content.Headers.TryAddWithoutValidation(name, values);
            }
        }

        if (!request.Headers.NonValidated.Contains("User-Agent"))
        {
            request.Headers.TryAddWithoutValidation("User-Agent", "Consul Health Check");
        }

        if (!request.Headers.NonValidated.Contains("Accept"))
        {
            request.Headers.TryAddWithoutValidation("Accept", "text/plain, text/*, */*");
        }

        return request;
    }
}
