using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Discovery.Infrastructure;

[Trait("Kind", "RealSockets")]
public sealed class LimitTests
{
    [Fact]
    public async Task Put_OfTenMegabytes_Is413WithoutBeingRead()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        using var content = new ByteArrayContent(new byte[10 * 1024 * 1024]);

        using HttpResponseMessage reply = await host.Client.PutAsync("/v1/catalog/register", content);

        Assert.Equal(413, (int)reply.StatusCode);
        Assert.Equal(
            "Request body(10485760 bytes) too large, max size: 1048576 bytes (HttpApiOptions.BodyBytesMax).",
            await reply.Content.ReadAsStringAsync());
        Assert.Equal("[\"dc1\"]", await host.Client.GetStringAsync("/v1/catalog/datacenters"));
    }

    [Fact]
    public async Task Put_InChunksWithoutALength_Is413AtTheLimit()
    {
        var lines = new ErrorLines();
        await using ApiHost host = await ApiHost.StartAsync(
            static options => options.BodyBytesMax = 2048,
            build: builder => builder.Logging.ClearProviders().AddProvider(lines));
        string chunk = $"400\r\n{new string(' ', 1024)}\r\n";

        RawReply reply = await host.SendAsync(
            "/v1/catalog/register", "PUT", $"Transfer-Encoding: chunked\r\n\r\n{chunk}{chunk}{chunk}0\r\n");

        Assert.Equal(413, reply.Status);
        Assert.StartsWith("Request body(", reply.Text, StringComparison.Ordinal);
        Assert.Equal(200, (await host.SendAsync("/v1/catalog/services")).Status);
        Assert.Empty(lines.Seen);
    }

    [Theory]
    [InlineData("Transfer-Encoding: chunked\r\n\r\nZZ\r\n", 400)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFF\r\nabc", 400)]
    [InlineData("Content-Length: 100\r\n\r\n{", 408)]
    public async Task Put_WhoseBodyCannotBeRead_IsRefusedAndNoFailureOfTheApp(string rest, int status)
    {
        var lines = new ErrorLines();
        await using ApiHost host = await ApiHost.StartAsync(build: builder =>
        {
            builder.Logging.ClearProviders().AddProvider(lines);
            builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Limits.MinRequestBodyDataRate =
                new Microsoft.AspNetCore.Server.Kestrel.Core.MinDataRate(1000, TimeSpan.FromSeconds(1.5)));
        });

        RawReply reply = await host.SendAsync("/v1/catalog/register", "PUT", rest);

        Assert.Equal((status, "close"), (reply.Status, reply["Connection"]));
        Assert.Equal(200, (await host.SendAsync("/v1/catalog/services")).Status);
        Assert.Empty(lines.Seen);
    }

    [Fact]
    public async Task Put_WhoseCallerGoesInTheMiddle_IsNoFailureOfTheApp()
    {
        var lines = new ErrorLines();
        ApiHost host = await ApiHost.StartAsync(build: builder => builder.Logging.ClearProviders().AddProvider(lines));
        for (int i = 0; i < 50; i++)
        {
            using var socket = new TcpClient { LingerState = new LingerOption(enable: true, seconds: 0) };
            await socket.ConnectAsync("127.0.0.1", host.Port);
            await socket.GetStream().WriteAsync(
                Encoding.ASCII.GetBytes("PUT /v1/catalog/register HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"));
            Assert.Equal(200, (await host.SendAsync("/v1/catalog/datacenters")).Status);
        }

        await host.DisposeAsync();
        Assert.Empty(lines.Seen);
    }

    [Fact]
    public async Task Get_BeyondTheBlockedQueries_Is503ThatSaysWhichLimit()
    {
        await using ApiHost host = await ApiHost.StartAsync(static options => options.BlockedQueriesMax = 1);
        Task<RawReply> first = host.SendAsync("/v1/catalog/service/none?index=1000000&wait=10m");
        await host.BlockedAsync(1);

        RawReply second = await host.SendAsync("/v1/catalog/service/none?index=1000000&wait=10m");

        Assert.Equal(
            (503, "1", "Too many blocking queries: 1 are open (HttpApiOptions.BlockedQueriesMax)"),
            (second.Status, second["Retry-After"], second.Text));
        Assert.Equal(200, (await host.SendAsync("/v1/catalog/services")).Status);
        await host.App.StopAsync();
        Assert.Equal((200, "[]"), ((await first).Status, (await first).Text));
    }

    [Fact]
    public async Task Get_WhoseCallerHasGone_IsCountedNoMore()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        var server = host.App.Services.GetRequiredService<ApiServer>();
        using (var socket = new TcpClient())
        {
            await socket.ConnectAsync("127.0.0.1", host.Port);
            await socket.GetStream().WriteAsync(
                Encoding.ASCII.GetBytes("GET /v1/catalog/service/none?index=1000000&wait=10m HTTP/1.1\r\nHost: localhost\r\n\r\n"));
            await host.BlockedAsync(1);
        }

        while (server.BlockingCount > 0)
        {
            await Task.Yield();
        }

        Assert.Equal(200, (await host.SendAsync("/v1/catalog/services")).Status);
    }

    [Fact]
    public async Task Stop_WithAThousandLongPolls_AnswersThemAll()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        const string target = "/v1/catalog/service/none?index=1000000&wait=10m";
        Task<RawReply>[] polls = [.. Enumerable.Range(0, 1000).Select(_ => host.SendAsync(target))];
        await host.BlockedAsync(polls.Length);

        await host.App.StopAsync();

        RawReply[] replies = await Task.WhenAll(polls);
        Assert.All(replies, static reply => Assert.Equal((200, "[]"), (reply.Status, reply.Text)));
    }

    // What the log says at level error or above.
    private sealed class ErrorLines : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Seen { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                Seen.Enqueue($"{formatter(state, exception)} {exception?.Message}");
            }
        }

        public void Dispose()
        {
        }
    }
}
