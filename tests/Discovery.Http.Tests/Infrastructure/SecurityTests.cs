using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Discovery.Infrastructure;

[Trait("Kind", "RealSockets")]
public sealed class SecurityTests
{
    [Fact]
    public async Task Get_FromAnotherMachine_Is403WithTheRemedy()
    {
        await using ApiHost host = await ApiHost.StartAsync(map: static app =>
        {
            ComeFrom(app, "203.0.113.9");
            app.MapDiscovery();
        });

        RawReply reply = await host.SendAsync("/v1/status/leader");

        Assert.Equal((403, "text/plain; charset=utf-8"), (reply.Status, reply["Content-Type"]));
        Assert.Contains("app.MapDiscovery().RequireAuthorization(...)", reply.Text, StringComparison.Ordinal);
        Assert.Contains("HttpApiOptions.AllowRemote", reply.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_ThatAProxyPassedOn_Is403()
    {
        await using ApiHost host = await ApiHost.StartAsync();

        Assert.Equal(403, (await host.SendAsync("/v1/status/leader", headers: "X-Forwarded-For: 127.0.0.1\r\n")).Status);
        Assert.Equal(200, (await host.SendAsync("/v1/status/leader")).Status);
    }

    [Fact]
    public async Task Get_FromAnotherMachineWithAllowRemote_IsAnswered()
    {
        await using ApiHost host = await ApiHost.StartAsync(static options => options.AllowRemote = true, map: static app =>
        {
            ComeFrom(app, "203.0.113.9");
            app.MapDiscovery();
        });

        Assert.Equal(200, (await host.SendAsync("/v1/status/leader", headers: "X-Forwarded-For: 203.0.113.9\r\n")).Status);
    }

    [Theory]
    [InlineData("", 401)]
    [InlineData("X-Key: right\r\n", 200)]
    public async Task Get_WithRequireAuthorization_IsTheAppsToDecide(string header, int status)
    {
        await using ApiHost host = await ApiHost.StartAsync(
            build: static builder =>
            {
                builder.Services.AddAuthentication("key").AddScheme<AuthenticationSchemeOptions, KeyScheme>("key", null);
                builder.Services.AddAuthorization();
            },
            map: static app =>
            {
                ComeFrom(app, "203.0.113.9");
                app.MapDiscovery().RequireAuthorization();
            });

        Assert.Equal(status, (await host.SendAsync("/v1/status/leader", headers: header)).Status);
    }

    [Theory]
    [InlineData("Host: evil.example\r\n", "no name of this machine")]
    [InlineData("Origin: http://evil.example\r\n", "another origin")]
    public async Task Put_FromAForeignPage_Is403(string header, string text)
    {
        await using ApiHost host = await ApiHost.StartAsync();

        RawReply reply = await host.SendAsync("/v1/catalog/register", "PUT", header, "{\"Node\":\"a\",\"Address\":\"10.0.0.1\"}");

        Assert.Equal(403, reply.Status);
        Assert.Contains(text, reply.Text, StringComparison.Ordinal);
        Assert.Equal("[]", (await host.SendAsync("/v1/catalog/nodes?filter=Node==a")).Text);
    }

    [SkippableFact]
    public async Task Put_OverAUnixSocket_IsAnsweredWhateverHostItNames()
    {
        Skip.If(OperatingSystem.IsWindows(), "the path is one of Unix");
        string path = Path.Combine(Path.GetTempPath(), $"discovery-{Guid.NewGuid():N}.sock");
        await using ApiHost host = await ApiHost.StartAsync(urls: $"http://127.0.0.1:0;http://unix:{path}");
        using var client = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancelled) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancelled);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });
        using var body = new StringContent("{\"Node\":\"a\",\"Address\":\"10.0.0.1\"}");

        using HttpResponseMessage reply = await client.PutAsync("http://any.name/v1/catalog/register", body);

        Assert.Equal((HttpStatusCode.OK, "true"), (reply.StatusCode, await reply.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task Get_OfABlockedPath_Is403InConsulsWordsWithTheHeadersOfTheConfiguration()
    {
        await using ApiHost host = await ApiHost.StartAsync(static options =>
        {
            options.BlockEndpoints.Add("/v1/catalog/");
            options.ResponseHeaders["X-Mine"] = "yes";
        });

        RawReply blocked = await host.SendAsync("/v1/catalog/datacenters");
        Assert.Equal(
            (403, "yes", "Endpoint is blocked by agent configuration"), (blocked.Status, blocked["X-Mine"], blocked.Text));
        RawReply open = await host.SendAsync("/v1/status/leader");
        Assert.Equal((200, "yes"), (open.Status, open["X-Mine"]));
    }

    [Fact]
    public async Task Put_FromANetworkThatMayNotWrite_Is403InConsulsWords()
    {
        await using ApiHost host = await ApiHost.StartAsync(static options => options.AllowWriteFrom.Add("10.0.0.0/8"));

        RawReply reply = await host.SendAsync("/v1/catalog/deregister", "PUT", body: "{\"Node\":\"a\"}");

        Assert.Equal((403, "Access is restricted"), (reply.Status, reply.Text));
        Assert.Equal(200, (await host.SendAsync("/v1/catalog/nodes")).Status);
    }

    [Fact]
    public async Task Map_InAnApp_CarriesNoTimeoutsRateLimitsOrDescriptions()
    {
        await using ApiHost host = await ApiHost.StartAsync();

        Endpoint endpoint = Assert.Single(host.App.Services.GetRequiredService<EndpointDataSource>().Endpoints);

        Assert.NotNull(endpoint.Metadata.GetMetadata<Microsoft.AspNetCore.Http.Timeouts.DisableRequestTimeoutAttribute>());
        Assert.NotNull(endpoint.Metadata.GetMetadata<Microsoft.AspNetCore.RateLimiting.DisableRateLimitingAttribute>());
        Assert.NotNull(endpoint.Metadata.GetMetadata<Microsoft.AspNetCore.Routing.IExcludeFromDescriptionMetadata>());
        Assert.Equal("/v1/{**rest}", ((RouteEndpoint)endpoint).RoutePattern.RawText);
    }

    private static void ComeFrom(WebApplication app, string address) => app.Use((http, next) =>
    {
        http.Connection.RemoteIpAddress = IPAddress.Parse(address);
        return next(http);
    });
}
