using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Discovery.Health;

[Trait("Kind", "RealSockets")]
public class SocketCheckProbeTests : ProbeRealTests
{
    [Fact]
    public async Task Tcp_SomebodyListens_PassesAndSendsNothing()
    {
        var received = new TaskCompletionSource<int>();
        await using ProbeServer server = ProbeServer.Raw(async (stream, stop) =>
            received.SetResult(await stream.ReadAsync(new byte[10], stop)));

        Assert.Equal(
            CheckResult.Passing($"TCP connect {server.Address}: Success"), await RunAsync(new CheckDefinition { Tcp = server.Address }));
        Assert.Equal(0, await received.Task.WaitAsync(Generous));
    }

    [Fact]
    public async Task Tcp_NameWithSeveralAddresses_FindsTheOneThatListens()
    {
        await using ProbeServer server = Misbehaving("hangs");

        Assert.Equal(CheckStatus.Passing, (await RunAsync(new CheckDefinition { Tcp = $"localhost:{server.Port}" })).Status);
    }

    [Fact]
    public async Task Tcp_NobodyListens_IsCritical()
    {
        string target = $"127.0.0.1:{ProbeServer.ClosedPort()}";
        CheckResult result = await RunAsync(new CheckDefinition { Tcp = target });

        Assert.Equal(CheckResult.Critical($"dial tcp {target}: Connection refused"), result);
    }

    [Theory]
    [InlineData(true, null, CheckStatus.Passing)]
    [InlineData(false, "probe.test", CheckStatus.Critical)]
    public async Task Tcp_Tls_MakesTheHandshake(bool skip, string? name, CheckStatus status)
    {
        await using ProbeServer server = await ProbeServer.HttpAsync(_ => Task.CompletedTask, tls: ProbeServer.Certificate);
        CheckResult result = await RunAsync(new CheckDefinition
        {
            Tcp = server.Address, TcpUseTls = true, TlsSkipVerify = skip, TlsServerName = name,
        });

        Assert.Equal(status, result.Status);
    }

    [Theory]
    [InlineData("hangs", true)]
    [InlineData("garbage", false)]
    [InlineData("closes", false)]
    public async Task Tcp_TlsWithMisbehavingServer_IsCritical(string how, bool timesOut)
    {
        await using ProbeServer server = Misbehaving(how);
        CheckResult result = await RunAsync(
            new CheckDefinition { Tcp = server.Address, TcpUseTls = true, TlsSkipVerify = true }, timesOut ? Short : null);

        Assert.Equal(CheckStatus.Critical, result.Status);
        Assert.Equal(timesOut, result.Output == "Timed out (0.5s) running check");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Udp_AnswerOrSilence_Passes(bool answers)
    {
        using var server = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        string target = server.Client.LocalEndPoint!.ToString()!;
        Task serve = ServeAsync();
        CheckResult result = await RunAsync(new CheckDefinition { Udp = target }, answers ? Generous : Short);
        await serve;

        Assert.Equal(CheckResult.Passing($"UDP connect {target}: Success"), result);

        async Task ServeAsync()
        {
            UdpReceiveResult ping = await server.ReceiveAsync();
            Assert.Empty(ping.Buffer);
            if (answers)
            {
                await server.SendAsync("a long answer"u8.ToArray(), ping.RemoteEndPoint);
            }
        }
    }

    [Fact]
    public async Task Udp_Refused_IsCritical()
    {
        string target = $"127.0.0.1:{ProbeServer.ClosedPort(ProtocolType.Udp)}";
        CheckResult result = await RunAsync(new CheckDefinition { Udp = target });

        Assert.Equal(CheckResult.Critical($"read udp {target}: Connection refused"), result);
    }

    [Fact]
    public async Task H2Ping_KestrelInTheClear_Passes()
    {
        await using ProbeServer server = await ProbeServer.HttpAsync(_ => Task.CompletedTask, HttpProtocols.Http2);

        Assert.Equal(
            CheckResult.Passing("HTTP2 ping was successful"),
            await RunAsync(new CheckDefinition { H2Ping = server.Address, H2PingUseTls = false }));
    }

    [Theory]
    [InlineData(HttpProtocols.Http2, true, CheckStatus.Passing)]
    [InlineData(HttpProtocols.Http1AndHttp2, true, CheckStatus.Passing)]
    [InlineData(HttpProtocols.Http2, false, CheckStatus.Critical)]
    [InlineData(HttpProtocols.Http1, true, CheckStatus.Critical)]
    public async Task H2Ping_KestrelWithTls_FollowsProtocolAndTrust(HttpProtocols protocols, bool skip, CheckStatus status)
    {
        await using ProbeServer server = await ProbeServer.HttpAsync(_ => Task.CompletedTask, protocols, ProbeServer.Certificate);

        Assert.Equal(status, (await RunAsync(new CheckDefinition { H2Ping = server.Address, TlsSkipVerify = skip })).Status);
    }

    [Theory]
    [InlineData("hangs", true)]
    [InlineData("closes", false)]
    [InlineData("garbage", false)]
    [InlineData("zeros", false)]
    [InlineData("dribbles", false)]
    public async Task H2Ping_ServerMisbehaves_IsCritical(string how, bool timesOut)
    {
        await using ProbeServer server = Misbehaving(how);
        CheckResult result = await RunAsync(
            new CheckDefinition { H2Ping = server.Address, H2PingUseTls = false }, timesOut ? Short : null);

        Assert.Equal(CheckStatus.Critical, result.Status);
        Assert.Equal(timesOut, result.Output == "Timed out (0.5s) running check");
    }

    [Theory]
    [InlineData("000000040000000000" + "0000080601000000006469736B6F766572", "no acknowledgement")]
    [InlineData("000000040000000000" + "0000080700000000000000000000000002", "error code 2")]
    [InlineData("000000040100000000", "is not HTTP/2")]
    [InlineData("000000000000000000", "is not HTTP/2")]
    [InlineData("000000040000000000" + "004001000000000001", "is not HTTP/2")]
    public async Task H2Ping_WrongFrames_AreToldApart(string hex, string expected)
    {
        byte[] frames = Convert.FromHexString(hex);
        await using ProbeServer server = ProbeServer.Raw(async (stream, stop) =>
        {
            await stream.WriteAsync(frames, stop);
            for (int i = 0; i < 2000; i++)
            {
                await stream.WriteAsync(frames.AsMemory(Math.Min(9, frames.Length - 9)), stop);
            }

            await Task.Delay(Timeout.InfiniteTimeSpan, stop);
        });
        CheckResult result = await RunAsync(new CheckDefinition { H2Ping = server.Address, H2PingUseTls = false });

        Assert.Equal(CheckStatus.Critical, result.Status);
        Assert.Contains(expected, result.Output, StringComparison.Ordinal);
    }
}
