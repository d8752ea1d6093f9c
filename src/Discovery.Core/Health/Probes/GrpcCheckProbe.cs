using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace Discovery.Health;

/// <summary>Asks the standard gRPC health service over HTTP/2. Passing when it says SERVING.</summary>
internal sealed class GrpcCheckProbe : ICheckProbe
{
    private const int ReplyMax = 64 * 1024;

    private static readonly string[] s_codes =
    [
        "OK", "Canceled", "Unknown", "InvalidArgument", "DeadlineExceeded", "NotFound", "AlreadyExists", "PermissionDenied",
        "ResourceExhausted", "FailedPrecondition", "Aborted", "OutOfRange", "Unimplemented", "Internal", "Unavailable", "DataLoss",
        "Unauthenticated",
    ];

    private readonly string _target;
    private readonly Uri _url;
    private readonly byte[] _request;
    private readonly ProbeTls _tls;
    private readonly TimeProvider _time;

    public GrpcCheckProbe(CheckDefinition definition, TimeProvider time)
    {
        _target = definition.Grpc!;
        string[] parts = _target.Split('/', 2);
        HostPort.TryParse(parts[0], out HostPort address);
        _time = time;
        _url = new Uri($"{(definition.GrpcUseTls ? "https" : "http")}://{address}/grpc.health.v1.Health/Check");
        _request = GrpcHealthMessage.Request(parts.Length > 1 ? parts[1] : "");
        _tls = ProbeTls.From(definition);
    }

    public async ValueTask<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        using HttpMessageInvoker client = ProbeHttpClient.Create(_tls, _time, HttpVersion.Version20);
        using var request = new HttpRequestMessage(HttpMethod.Post, _url)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(_request),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        request.Headers.TryAddWithoutValidation("User-Agent", "Consul Health Check");

        using HttpResponseMessage response = await client.SendAsync(request, cancellationToken);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            return CheckResult.Critical($"rpc error: unexpected HTTP status {(int)response.StatusCode}");
        }

        byte[]? reply = await ReadAsync(response, cancellationToken);
        if (reply is null)
        {
            return CheckResult.Critical($"rpc error: the reply has more than {ReplyMax} bytes");
        }

        string? status = Find(response, "grpc-status");
        if (status != "0")
        {
            return CheckResult.Critical($"rpc error: code = {CodeName(status)} desc = {Find(response, "grpc-message")}");
        }

        if (!GrpcHealthMessage.TryReadReply(reply, out int health))
        {
            return CheckResult.Critical("rpc error: the reply is malformed");
        }

        return health == GrpcHealthMessage.Serving
            ? CheckResult.Passing($"gRPC check {_target}: success")
            : CheckResult.Critical("gRPC application didn't report service healthy");
    }

    private static async Task<byte[]?> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using Stream body = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var all = new MemoryStream();
        var buffer = new byte[1024];
        int read;
        while ((read = await body.ReadAsync(buffer, cancellationToken)) > 0)
        {
            if (all.Length + read > ReplyMax)
            {
                return null;
            }

            all.Write(buffer, 0, read);
        }

        return all.ToArray();
    }

    private static string? Find(HttpResponseMessage response, string name)
    {
        foreach (HttpHeaders headers in (HttpHeaders[])[response.TrailingHeaders, response.Headers])
        {
            if (headers.NonValidated.TryGetValues(name, out HeaderStringValues values) && values.Count > 0)
            {
                return CheckText.Head(Uri.UnescapeDataString(values.First()), 512);
            }
        }

        return null;
    }

    private static string CodeName(string? status) =>
        int.TryParse(status, NumberStyles.None, CultureInfo.InvariantCulture, out int code) && code < s_codes.Length
            ? s_codes[code] : status ?? "Unknown (no grpc-status)";
}
