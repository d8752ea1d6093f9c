using System.Net.Sockets;
using System.Text;
using Discovery.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Discovery.Infrastructure;

/// <summary>An app with the HTTP API on a real loopback socket, and a client for it.</summary>
internal sealed class ApiHost : IAsyncDisposable
{
    private ApiHost(WebApplication app)
    {
        App = app;
        Port = TestApp.PortOf(app);
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri($"http://127.0.0.1:{Port}") };
    }

    public WebApplication App { get; }

    public HttpClient Client { get; }

    public int Port { get; }

    public IServiceCatalog Catalog => TestApp.Catalog(App);

    public ILocalAgent Agent => App.Services.GetRequiredService<ILocalAgent>();

    public static async Task<ApiHost> StartAsync(
        Action<HttpApiOptions>? configure = null,
        Action<WebApplicationBuilder>? build = null,
        Action<WebApplication>? map = null,
        string urls = "http://127.0.0.1:0")
    {
        WebApplication app = TestApp.Build(
            builder =>
            {
                builder.Services.AddDiscovery(static node =>
                {
                    node.NodeName = "n1";
                    node.AdvertiseAddress = "127.0.0.1";
                    node.DrainDelay = TimeSpan.Zero;
                }).AddKeyValue().AddHttpApi(configure);
                build?.Invoke(builder);
            },
            urls);
        if (map is null)
        {
            app.MapDiscovery();
        }
        else
        {
            map(app);
        }

        await app.StartAsync();
        return new ApiHost(app);
    }

    /// <summary>Sends a target exactly as it is written, which HttpClient would change.</summary>
    public async Task<RawReply> SendAsync(string target, string method = "GET", string headers = "", string? body = null) =>
        new(await ExchangeAsync(target, method, headers, body));

    /// <summary>As <see cref="SendAsync"/>; tells status line, headers and body as one text.</summary>
    public async Task<string> SendRawAsync(string target, string method = "GET", string headers = "", string? body = null) =>
        Encoding.UTF8.GetString(await ExchangeAsync(target, method, headers, body));

    /// <summary>As <see cref="SendAsync"/>; tells status and body.</summary>
    public async Task<(int Status, string Body)> GetRawAsync(
        string target, string method = "GET", string headers = "", string? body = null)
    {
        RawReply reply = await SendAsync(target, method, headers, body);
        return (reply.Status, reply.Text);
    }

    /// <summary>Writes a registration straight into the catalog.</summary>
    public async Task RegisterAsync(string json)
    {
        RawReply reply = await SendAsync("/v1/catalog/register", "PUT", body: json);
        Assert.Equal((200, "true"), (reply.Status, reply.Text));
    }

    /// <summary>Ends when so many queries block.</summary>
    public async Task BlockedAsync(int count)
    {
        var server = App.Services.GetRequiredService<ApiServer>();
        while (server.BlockingCount < count)
        {
            await Task.Yield();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await App.StopAsync();
        await App.DisposeAsync();
    }

    private async Task<byte[]> ExchangeAsync(string target, string method, string headers, string? body)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync("127.0.0.1", Port);
        NetworkStream stream = socket.GetStream();
        string host = headers.Contains("Host:", StringComparison.Ordinal) ? "" : $"Host: 127.0.0.1:{Port}\r\n";
        string length = string.IsNullOrEmpty(body) ? "" : $"Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n";
        await stream.WriteAsync(Encoding.UTF8.GetBytes(
            $"{method} {target} HTTP/1.1\r\n{host}Connection: close\r\n{length}{headers}\r\n{body}"));
        using var reply = new MemoryStream();
        await stream.CopyToAsync(reply);
        return reply.ToArray();
    }
}
