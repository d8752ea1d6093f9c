using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Discovery.Health;

[Trait("Kind", "RealSockets")]
public class HttpCheckProbeTests : ProbeRealTests
{
    [Theory]
    [InlineData(200, CheckStatus.Passing, "200 OK")]
    [InlineData(204, CheckStatus.Passing, "204 No Content")]
    [InlineData(299, CheckStatus.Passing, "299 ")]
    [InlineData(429, CheckStatus.Warning, "429 Too Many Requests")]
    [InlineData(300, CheckStatus.Critical, "300 Multiple Choices")]
    [InlineData(404, CheckStatus.Critical, "404 Not Found")]
    [InlineData(500, CheckStatus.Critical, "500 Internal Server Error")]
    public async Task RunAsync_StatusCode_DecidesTheStatus(int code, CheckStatus status, string line)
    {
        await using ProbeServer server = await ProbeServer.HttpAsync(async context =>
        {
            context.Response.StatusCode = code;
            if (code != 204)
            {
                await context.Response.WriteAsync("the body");
            }
        });
        string url = $"http://{server.Address}/health?a=b";
        CheckResult result = await RunAsync(new CheckDefinition { Http = url });

        Assert.Equal(new CheckResult(status, $"HTTP GET {url}: {line} Output: {(code == 204 ? "" : "the body")}"), result);
    }

    [Fact]
    public async Task RunAsync_Request_CarriesDefaultsAndClosesTheConnection()
    {
        var seen = new List<string>();
        var connections = new HashSet<string>();
        await using ProbeServer server = await ProbeServer.HttpAsync(context =>
        {
            connections.Add(context.Connection.Id);
            IEnumerable<string> headers = context.Request.Headers.Select(h => $"{h.Key}: {h.Value}");
            seen.Add(string.Join('\n', headers.Order(StringComparer.Ordinal)));
            return Task.CompletedTask;
        });
        await RunAsync(new CheckDefinition { Http = $"http://{server.Address}/" });
        await RunAsync(new CheckDefinition { Http = $"http://{server.Address}/" });

        Assert.Equal(
            $"Accept: text/plain, text/*, */*\nConnection: close\nHost: {server.Address}\nUser-Agent: Consul Health Check", seen[0]);
        Assert.Equal(2, connections.Count);
    }

    [Fact]
    public async Task RunAsync_OwnHeadersMethodAndBody_AreSent()
    {
        string seen = "";
        await using ProbeServer server = await ProbeServer.HttpAsync(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            IHeaderDictionary h = context.Request.Headers;
            string body = await reader.ReadToEndAsync();
            seen = $"{context.Request.Method} {h.Host} {h["x-two"]} {h.UserAgent} {h.Accept} {h.ContentType} {body}";
        });
        CheckResult result = await RunAsync(new CheckDefinition
        {
            Http = $"http://{server.Address}/",
            Method = "POST",
            Body = "{\"ping\":1}",
            Header =
            {
                ["host"] = ["other.test"], ["X-Two"] = ["1", "2"], ["User-Agent"] = ["mine"], ["accept"] = ["a/b"],
                ["Content-Type"] = ["application/json"],
            },
        });

        Assert.Equal(CheckStatus.Passing, result.Status);
        Assert.StartsWith("HTTP POST http://", result.Output, StringComparison.Ordinal);
        Assert.Equal("POST other.test 1, 2 mine a/b application/json {\"ping\":1}", seen);
    }

    [Fact]
    public async Task RunAsync_Redirect_IsFollowedUnlessDisabled()
    {
        await using ProbeServer server = await ProbeServer.HttpAsync(context =>
        {
            if (context.Request.Path == "/")
            {
                context.Response.Redirect("/there");
            }

            return Task.CompletedTask;
        });

        Assert.Equal(CheckStatus.Passing, (await RunAsync(new CheckDefinition { Http = $"http://{server.Address}/" })).Status);
        CheckResult disabled = await RunAsync(new CheckDefinition { Http = $"http://{server.Address}/", DisableRedirects = true });
        Assert.Equal(CheckResult.Critical($"HTTP GET http://{server.Address}/: 302 Found Output: "), disabled);
    }

    [Fact]
    public async Task RunAsync_RedirectForEver_IsCritical()
    {
        int requests = 0;
        await using ProbeServer server = await ProbeServer.HttpAsync(context =>
        {
            requests++;
            context.Response.Redirect("/");
            return Task.CompletedTask;
        });

        Assert.Equal(CheckStatus.Critical, (await RunAsync(new CheckDefinition { Http = $"http://{server.Address}/" })).Status);
        Assert.Equal(11, requests);
    }

    [Fact]
    public async Task RunAsync_LongBody_KeepsItsLastBytes()
    {
        string body = string.Concat(Enumerable.Range(0, 20_000).Select(i => i.ToString("D5", CultureInfo.InvariantCulture)));
        await using ProbeServer server = await ProbeServer.HttpAsync(context => context.Response.WriteAsync(body));
        CheckResult result = await RunAsync(new CheckDefinition { Http = $"http://{server.Address}/", OutputMaxSize = 100 });

        Assert.Equal(CheckResult.Passing($"HTTP GET http://{server.Address}/: 200 OK Output: {body[^100..]}"), result);
    }

    [Fact]
    public async Task RunAsync_EndlessBody_IsCriticalAtTheLimit()
    {
        await using ProbeServer server = await ProbeServer.HttpAsync(async context =>
        {
            for (var chunk = new byte[65536]; !context.RequestAborted.IsCancellationRequested;)
            {
                await context.Response.Body.WriteAsync(chunk);
            }
        });
        CheckResult result = await RunAsync(
            new CheckDefinition { Http = $"http://{server.Address}/" }, options: new HealthOptions { ProbeReadBytesMax = 1_000_000 });

        Assert.Equal(CheckResult.Critical($"HTTP GET http://{server.Address}/: the body has more than 1000000 bytes"), result);
    }

    [Theory]
    [InlineData("hangs", true)]
    [InlineData("dribbles", true)]
    [InlineData("closes", false)]
    [InlineData("garbage", false)]
    [InlineData("zeros", false)]
    public async Task RunAsync_ServerMisbehaves_IsCritical(string how, bool timesOut)
    {
        await using ProbeServer server = Misbehaving(how);
        CheckResult result = await RunAsync(new CheckDefinition { Http = $"http://{server.Address}/" }, timesOut ? Short : null);

        Assert.Equal(CheckStatus.Critical, result.Status);
        Assert.Equal(timesOut, result.Output == "Timed out (0.5s) running check");
        Assert.InRange(Encoding.UTF8.GetByteCount(result.Output), 1, 1024);
    }

    [Fact]
    public async Task RunAsync_NobodyListens_SaysSo()
    {
        CheckResult result = await RunAsync(new CheckDefinition { Http = $"http://127.0.0.1:{ProbeServer.ClosedPort()}/" });

        Assert.Equal(CheckStatus.Critical, result.Status);
        Assert.Contains("refused", result.Output, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData(false, null, CheckStatus.Critical)]
    [InlineData(true, null, CheckStatus.Passing)]
    [InlineData(true, "probe.test", CheckStatus.Passing)]
    public async Task RunAsync_Tls_VerifiesUnlessToldNotTo(bool skip, string? name, CheckStatus status)
    {
        string? asked = null;
        await using ProbeServer server = await ProbeServer.HttpAsync(
            context => context.Response.WriteAsync("hello"), tls: ProbeServer.Certificate, askedFor: host => asked = host);
        CheckResult result = await RunAsync(new CheckDefinition
        {
            Http = $"https://localhost:{server.Port}/", TlsSkipVerify = skip, TlsServerName = name,
        });

        Assert.Equal(status, result.Status);
        Assert.Equal(name ?? "localhost", asked);
    }
}
