using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Discovery.Health;

[Trait("Kind", "RealSockets")]
public class GrpcCheckProbeTests : ProbeRealTests
{
    [Theory]
    [InlineData("", "00000000020801", "0", CheckStatus.Passing, "gRPC check {0}: success")]
    [InlineData("/db.v1", "00000000020801", "0", CheckStatus.Passing, "gRPC check {0}: success")]
    [InlineData("", "00000000020802", "0", CheckStatus.Critical, "gRPC application didn't report service healthy")]
    [InlineData("", "0000000000", "0", CheckStatus.Critical, "gRPC application didn't report service healthy")]
    [InlineData("", "0000", "0", CheckStatus.Critical, "rpc error: the reply is malformed")]
    [InlineData("", "", "12", CheckStatus.Critical, "rpc error: code = Unimplemented desc = not here")]
    [InlineData("", "", "x", CheckStatus.Critical, "rpc error: code = x desc = not here")]
    [InlineData("", "00000000020801", null, CheckStatus.Critical, "rpc error: code = Unknown (no grpc-status) desc = ")]
    public async Task RunAsync_Reply_DecidesTheStatus(string service, string reply, string? code, CheckStatus status, string output)
    {
        string asked = "";
        await using ProbeServer server = await ProbeServer.HttpAsync(
            context => ServeAsync(context, reply, code, s => asked = s), HttpProtocols.Http2);
        string target = server.Address + service;
        CheckResult result = await RunAsync(new CheckDefinition { Grpc = target });

        Assert.Equal(new CheckResult(status, string.Format(null, output, target)), result);
        string body = service.Length == 0 ? "0000000000" : "00000000070A0564622E7631";
        Assert.Equal($"POST /grpc.health.v1.Health/Check application/grpc trailers {body}", asked);
    }

    [Theory]
    [InlineData(true, CheckStatus.Passing)]
    [InlineData(false, CheckStatus.Critical)]
    public async Task RunAsync_Tls_VerifiesUnlessToldNotTo(bool skip, CheckStatus status)
    {
        await using ProbeServer server = await ProbeServer.HttpAsync(
            context => ServeAsync(context, "00000000020801", "0", _ => { }), HttpProtocols.Http2, ProbeServer.Certificate);

        Assert.Equal(
            status, (await RunAsync(new CheckDefinition { Grpc = server.Address, GrpcUseTls = true, TlsSkipVerify = skip })).Status);
    }

    [Fact]
    public async Task RunAsync_NoGrpcThere_IsCritical()
    {
        await using ProbeServer server = await ProbeServer.HttpAsync(
            context =>
            {
                context.Response.StatusCode = 404;
                return Task.CompletedTask;
            },
            HttpProtocols.Http2);

        Assert.Equal(
            CheckResult.Critical("rpc error: unexpected HTTP status 404"), await RunAsync(new CheckDefinition { Grpc = server.Address }));
    }

    [Fact]
    public async Task RunAsync_Flood_IsCriticalAtTheLimit()
    {
        await using ProbeServer server = await ProbeServer.HttpAsync(
            async context =>
            {
                for (var chunk = new byte[16384]; !context.RequestAborted.IsCancellationRequested;)
                {
                    await context.Response.Body.WriteAsync(chunk);
                }
            },
            HttpProtocols.Http2);

        Assert.Equal(
            CheckResult.Critical("rpc error: the reply has more than 65536 bytes"),
            await RunAsync(new CheckDefinition { Grpc = server.Address }));
    }

    [Theory]
    [InlineData("hangs", true)]
    [InlineData("dribbles", false)]
    [InlineData("closes", false)]
    [InlineData("garbage", false)]
    [InlineData("zeros", false)]
    public async Task RunAsync_ServerMisbehaves_IsCritical(string how, bool timesOut)
    {
        await using ProbeServer server = Misbehaving(how);
        CheckResult result = await RunAsync(new CheckDefinition { Grpc = server.Address }, timesOut ? Short : null);

        Assert.Equal(CheckStatus.Critical, result.Status);
        Assert.Equal(timesOut, result.Output == "Timed out (0.5s) running check");
    }

    private static async Task ServeAsync(HttpContext context, string reply, string? code, Action<string> asked)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        HttpRequest request = context.Request;
        asked($"{request.Method} {request.Path} {request.ContentType} {request.Headers.TE} {Convert.ToHexString(body.ToArray())}");
        context.Response.ContentType = "application/grpc";
        if (reply.Length == 0)
        {
            // Trailers only: status and message stand in the headers.
            context.Response.Headers["grpc-status"] = code;
            context.Response.Headers["grpc-message"] = "not%20here";
            return;
        }

        await context.Response.Body.WriteAsync(Convert.FromHexString(reply));
        if (code is not null)
        {
            context.Response.AppendTrailer("grpc-status", code);
        }
    }
}
