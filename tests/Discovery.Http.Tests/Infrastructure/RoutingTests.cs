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

        string reply = await host.SendRawAsync("/v1/status/leader", method);

        Assert.StartsWith("HTTP/1.1 405 ", reply, StringComparison.Ordinal);
        Assert.Contains($"\r\nAllow: {allow}\r\n", reply, StringComparison.Ordinal);
        Assert.Contains("\r\nContent-Type: text/plain; charset=utf-8\r\n", reply, StringComparison.Ordinal);
        Assert.EndsWith(method == "HEAD" ? "\r\n\r\n" : $"\r\n\r\nmethod {method} not allowed", reply, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Options_OfARoute_Is200WithAllow()
    {
        await using ApiHost host = await ApiHost.StartAsync();

        string reply = await host.SendRawAsync("/v1/status/leader", "OPTIONS");

        Assert.StartsWith("HTTP/1.1 200 ", reply, StringComparison.Ordinal);
        Assert.Contains("\r\nAllow: OPTIONS,GET\r\n", reply, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n", reply, StringComparison.Ordinal);
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

        Assert.Equal((404, ""), await host.GetRawAsync(path));
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

        string reply = await host.SendRawAsync(target);

        Assert.StartsWith("HTTP/1.1 301 ", reply, StringComparison.Ordinal);
        Assert.Contains($"\r\nLocation: {location}\r\n", reply, StringComparison.Ordinal);
        string shown = location.Replace("&", "&amp;", StringComparison.Ordinal);
        Assert.EndsWith($"\r\n\r\n<a href=\"{shown}\">Moved Permanently</a>.\n\n", reply, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/status/%01")]
    [InlineData("/v1/status/a%0ab")]
    [InlineData("/v1/status/%C2%A0")]
    public async Task Get_WithUnprintableCharacters_IsAnEmpty400(string target)
    {
        await using ApiHost host = await ApiHost.StartAsync();

        Assert.Equal((400, ""), await host.GetRawAsync(target));
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
