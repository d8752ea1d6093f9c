using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Discovery.Infrastructure;

[Trait("Kind", "RealSockets")]
public sealed class RoutingTests
{
    [Fact]
    public async Task Get_StatusAndDatacenters_AnswersAsConsul()
    {
        await using ApiHost host = await ApiHost.StartAsync();

        using HttpResponseMessage leader = await host.Client.GetAsync("/v1/status/leader");
        Assert.Equal("\"127.0.0.1:8300\"", await leader.Content.ReadAsStringAsync());
        Assert.Equal("application/json", leader.Content.Headers.ContentType!.ToString());
        Assert.Equal("Accept-Encoding", leader.Headers.Vary.ToString());
        Assert.Equal("[\"127.0.0.1:8300\"]", await host.Client.GetStringAsync("/v1/status/peers"));
        Assert.Equal("[\"dc1\"]", await host.Client.GetStringAsync("/v1/catalog/datacenters"));
        Assert.Equal("[\n    \"dc1\"\n]\n", await host.Client.GetStringAsync("/v1/catalog/datacenters?pretty"));
    }

    [Theory]
    [InlineData("POST", "OPTIONS,GET")]
    [InlineData("PUT", "OPTIONS,GET")]
    [InlineData("HEAD", "OPTIONS,GET")]
    [InlineData("PATCH", "OPTIONS,GET")]
    public async Task Call_WithAMethodThatTheRouteLacks_Is405WithAllow(string method, string allow)
    {
        await using ApiHost host = await ApiHost.StartAsync();

        RawReply reply = await host.SendAsync("/v1/status/leader", method);

        Assert.Equal((405, allow, "text/plain; charset=utf-8"), (reply.Status, reply["Allow"], reply["Content-Type"]));
        Assert.Equal(method == "HEAD" ? "" : $"method {method} not allowed", reply.Text);
    }

    [Fact]
    public async Task Options_OfARoute_Is200WithAllow()
    {
        await using ApiHost host = await ApiHost.StartAsync();

        RawReply reply = await host.SendAsync("/v1/status/leader", "OPTIONS");

        Assert.Equal((200, "OPTIONS,GET", ""), (reply.Status, reply["Allow"], reply.Text));
    }

    [Theory]
    [InlineData("/v1")]
    [InlineData("/v1/")]
    [InlineData("/v1/nope")]
    [InlineData("/v1/status/leader/more")]
    [InlineData("/V1/status/leader")]
    [InlineData("/v1/Status/leader")]
    public async Task Get_WhatTheApiLacks_IsAnEmpty404EvenBesideAnSpaFallback(string path)
    {
        await using ApiHost host = await ApiHost.StartAsync(map: static app =>
        {
            app.MapDiscovery();
            app.MapFallback(static () => "the page");
        });

        RawReply reply = await host.SendAsync(path);
        Assert.Equal((404, ""), (reply.Status, reply.Text));
        Assert.Equal("the page", await host.Client.GetStringAsync("/anything/else"));
    }

    [Theory]
    [InlineData("/v1//status/leader", "/v1/status/leader")]
    [InlineData("/v1/status//leader?dc=x&a=b", "/v1/status/leader?dc=x&a=b")]
    [InlineData("/v1/catalog/../status/leader", "/v1/status/leader")]
    [InlineData("/v1/status/%2Fleader", "/v1/status/leader")]
    public async Task Get_WithAPathThatIsNotClean_IsSentToTheCleanOne(string target, string location)
    {
        await using ApiHost host = await ApiHost.StartAsync();

        RawReply reply = await host.SendAsync(target);

        string shown = location.Replace("&", "&amp;", StringComparison.Ordinal);
        Assert.Equal(
            (301, location, $"<a href=\"{shown}\">Moved Permanently</a>.\n\n"), (reply.Status, reply["Location"], reply.Text));
    }

    [Theory]
    [InlineData("/v1/status/%01")]
    [InlineData("/v1/status/a%0ab")]
    [InlineData("/v1/status/%C2%A0")]
    public async Task Get_WithUnprintableCharacters_IsAnEmpty400(string target)
    {
        await using ApiHost host = await ApiHost.StartAsync();

        RawReply reply = await host.SendAsync(target);
        Assert.Equal((400, ""), (reply.Status, reply.Text));
    }

    [Fact]
    public async Task Map_InAGroupBelowAPathBase_FindsItsPaths()
    {
        await using ApiHost host = await ApiHost.StartAsync(map: static app =>
        {
            app.UsePathBase("/base");
            app.UseRouting();
            app.MapGroup("/consul/here").MapDiscovery();
        });

        Assert.Equal("[\"dc1\"]", await host.Client.GetStringAsync("/base/consul/here/v1/catalog/datacenters"));
        Assert.Equal("[\"dc1\"]", await host.Client.GetStringAsync("/consul/here/v1/catalog/datacenters"));
        using HttpResponseMessage moved = await host.Client.GetAsync("/base/consul/here/v1//catalog/datacenters");
        Assert.Equal((HttpStatusCode.MovedPermanently, "/base/consul/here/v1/catalog/datacenters"),
            (moved.StatusCode, moved.Headers.Location!.ToString()));
    }

    [Fact]
    public void Map_WithoutAddHttpApi_SaysWhatIsMissing()
    {
        WebApplication app = WebApplication.CreateSlimBuilder().Build();

        string message = Assert.Throws<InvalidOperationException>(() => app.MapDiscovery()).Message;

        Assert.Contains("AddHttpApi()", message, StringComparison.Ordinal);
    }
}
