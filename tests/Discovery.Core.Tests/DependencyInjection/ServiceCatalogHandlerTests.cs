using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using Discovery.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Discovery.DependencyInjection;

public sealed class ServiceCatalogHandlerTests
{
    [Theory]
    [InlineData("http://web/a?b=c", "http://10.0.0.2:81/a?b=c web")]
    [InlineData("http://WEB/", "http://10.0.0.2:81/ web")]
    [InlineData("http://secure/", "https://10.0.0.2:82/ secure")]
    [InlineData("https://secure/x", "https://10.0.0.2:82/x secure")]
    [InlineData("http://six/", "http://[fd00::6]:83/ six")]
    [InlineData("http://named/", "http://db.example.org:84/ named")]
    [InlineData("http://web.example.org/", "http://web.example.org/ -")]
    [InlineData("http://web:8080/", "http://web:8080/ -")]
    [InlineData("http://unknown/", "http://unknown/ -")]
    [InlineData("http://localhost/", "http://localhost/ -")]
    [InlineData("http://10.0.0.9/", "http://10.0.0.9/ -")]
    [InlineData("http://[::1]/", "http://[::1]/ -")]
    public void Send_ByName_GoesThere(string uri, string expected) => Run(async (client, wire) =>
    {
        using HttpResponseMessage response = await client.GetAsync(new Uri(uri));

        Assert.Equal([expected], wire.Sent);
        Assert.Equal(uri.ToLowerInvariant(), response.RequestMessage!.RequestUri!.ToString().ToLowerInvariant());
    });

    [Fact]
    public void Send_WithHostHeader_KeepsIt() => Run(async (client, wire) =>
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://web/") { Headers = { Host = "shop.example.org" } };
        using HttpResponseMessage response = await client.SendAsync(request);

        Assert.Equal(["http://10.0.0.2:81/ shop.example.org"], wire.Sent);
    });

    [Theory]
    [InlineData("https://web/", "web", "1 registered, 1 available, 0 refused the connection")]
    [InlineData("http://ill/", "ill", "1 registered, 0 available, 0 refused the connection")]
    public void Send_NoInstanceFits_ThrowsWithoutSending(string uri, string service, string reason) => Run(async (client, wire) =>
    {
        HttpRequestException e = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(new Uri(uri)));

        string scheme = uri.Split(':')[0];
        Assert.Equal($"No instance of service \"{service}\" can take a request for {scheme}: {reason}.", e.Message);
        Assert.Equal(HttpRequestError.ConnectionError, e.HttpRequestError);
        Assert.Empty(wire.Sent);
    });

    [Theory]
    [InlineData("none", true)]
    [InlineData("bytes", true)]
    [InlineData("string", true)]
    [InlineData("form", true)]
    [InlineData("json", true)]
    [InlineData("multipart", true)]
    [InlineData("stream", false)]
    [InlineData("multipart of stream", false)]
    public void Send_RefusedConnection_TriesAnotherOnlyWithAReplayableBody(string body, bool isReplayable) => Run(async (client, wire) =>
    {
        wire.Fail = static request => request.RequestUri!.Port == 91 ? Refused() : null;
        for (int i = 0; i < 50; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "http://three/") { Content = Content(body) };
            if (isReplayable)
            {
                using HttpResponseMessage response = await client.SendAsync(request);
                Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            }
            else
            {
                await Record.ExceptionAsync(() => client.SendAsync(request));
            }
        }

        int refused = wire.Sent.Count(static line => line.Contains(":91/", StringComparison.Ordinal));
        Assert.InRange(refused, 1, 49);
        Assert.Equal(isReplayable ? 50 + refused : 50, wire.Sent.Count);
    });

    [Theory]
    [InlineData(HttpRequestError.ConnectionError, SocketError.TimedOut)]
    [InlineData(HttpRequestError.ConnectionError, SocketError.ConnectionReset)]
    [InlineData(HttpRequestError.ResponseEnded, SocketError.ConnectionRefused)]
    [InlineData(HttpRequestError.SecureConnectionError, SocketError.ConnectionRefused)]
    public void Send_FailsOtherwise_IsNotTriedAgain(HttpRequestError error, SocketError socket) => Run(async (client, wire) =>
    {
        wire.Fail = _ => new HttpRequestException(error, "planted", new SocketException((int)socket));

        HttpRequestException e = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(new Uri("http://three/")));

        Assert.Equal("planted", e.Message);
        Assert.Single(wire.Sent);
    });

    [Theory]
    [InlineData("http://three/", 3,
        "No instance of service \"three\" can take a request for http: 3 registered, 3 available, 3 refused the connection.")]
    [InlineData("http://seven/", 5, "refused")]
    public void Send_AllRefuse_EachIsTriedOnceUpToTheLimit(string uri, int attempts, string message) => Run(async (client, wire) =>
    {
        wire.Fail = static _ => Refused();

        HttpRequestException e = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(new Uri(uri)));

        Assert.Equal(message, e.Message);
        Assert.Equal(attempts, wire.Sent.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(attempts, wire.Sent.Count);
    });

    [Fact]
    public void Send_ManyTimes_FollowsTheWeights() => Run(async (client, wire) =>
    {
        for (int i = 0; i < 1000; i++)
        {
            using HttpResponseMessage response = await client.GetAsync(new Uri("http://weighted/"));
        }

        Assert.InRange(wire.Sent.Count(static line => line.Contains(":99/", StringComparison.Ordinal)), 850, 950);
    });

    [Fact]
    public void UseServiceCatalog_AnywhereInTheChain_IsInnermost() => Run(
        async (client, wire) =>
        {
            wire.Fail = static request => request.RequestUri!.Port == 91 ? new HttpRequestException("planted") : null;
            for (int i = 0; i < 20; i++)
            {
                using HttpResponseMessage response = await client.GetAsync(new Uri("http://three/"));
            }

            Assert.True(wire.Sent.Count > 20);
        },
        static builder => builder.AddHttpMessageHandler(static () => new RetryHandler()));

    [Theory]
    [InlineData("http://wbe/", "The service catalog has no instance of \"wbe\", and no host has that name: planted")]
    [InlineData("http://wbe:81/", "planted")]
    [InlineData("http://web.example.org/", "planted")]
    public void Send_NameThatNobodyKnows_SaysThatTheCatalogDoesNotEither(string uri, string message) => Run(async (client, wire) =>
    {
        wire.Fail = static _ => new HttpRequestException(HttpRequestError.NameResolutionError, "planted");

        HttpRequestException e = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(new Uri(uri)));

        Assert.Equal((message, HttpRequestError.NameResolutionError), (e.Message, e.HttpRequestError));
    });

    [Fact]
    public void UseServiceCatalog_InAnAppThatIsNoNode_SaysSo()
    {
        var services = new ServiceCollection();
        services.AddHttpClient("orders").UseServiceCatalog();
        using ServiceProvider provider = services.BuildServiceProvider();

        InvalidOperationException e = Assert.Throws<InvalidOperationException>(
            () => provider.GetRequiredService<IHttpClientFactory>().CreateClient("orders"));

        Assert.Equal("HttpClient \"orders\" uses the service catalog, but this app is no node: call services.AddDiscovery().", e.Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => services.AddHttpClient("x").UseServiceCatalog(static o => o.AttemptsMax = 0));
    }

    private static HttpRequestException Refused() =>
        new(HttpRequestError.ConnectionError, "refused", new SocketException((int)SocketError.ConnectionRefused));

    private static HttpContent? Content(string body) => body switch
    {
        "none" => null,
        "bytes" => new ByteArrayContent([1]),
        "string" => new StringContent("a"),
        "form" => new FormUrlEncodedContent(new Dictionary<string, string> { ["a"] = "b" }),
        "json" => JsonContent.Create(1),
        "multipart" => new MultipartContent { new StringContent("a") },
        "multipart of stream" => new MultipartContent { new StreamContent(new MemoryStream(Encoding.ASCII.GetBytes("a"))) },
        _ => new StreamContent(new MemoryStream(Encoding.ASCII.GetBytes("a"))),
    };

    private static void Run(Func<HttpClient, Wire, Task> body, Action<IHttpClientBuilder>? configure = null)
    {
        var kernel = new SimulationKernel();
        var wire = new Wire();
        kernel.Run(async () =>
        {
            await using var node = new TestNode(kernel, builder =>
            {
                IHttpClientBuilder client = builder.Services.AddHttpClient("orders").UseServiceCatalog()
                    .ConfigurePrimaryHttpMessageHandler(() => wire).RemoveAllLoggers();
                configure?.Invoke(client);
            });
            await node.StartAsync();
            await AddAsync(node, "web", "10.0.0.2", 81);
            await AddAsync(node, "secure", "10.0.0.2", 82, static s => s.Meta["scheme"] = "https");
            await AddAsync(node, "six", "fd00::6", 83);
            await AddAsync(node, "named", "db.example.org", 84);
            await AddAsync(node, "ill", "10.0.0.2", 85, null, CheckStatus.Critical);
            for (int i = 1; i <= 3; i++)
            {
                await AddAsync(node, "three", "10.0.0.2", 90 + i);
            }

            for (int i = 1; i <= 7; i++)
            {
                await AddAsync(node, "seven", "10.0.0.3", 90 + i);
            }

            await AddAsync(node, "weighted", "10.0.0.2", 98);
            await AddAsync(node, "weighted", "10.0.0.2", 99, static s => s.PassingWeight = 9);
            using HttpClient client = node.Get<IHttpClientFactory>().CreateClient("orders");
            await body(client, wire);
            await node.StopAsync();
        });
    }

    private static async Task AddAsync(
        TestNode node, string name, string address, int port, Action<ServiceRegistration>? configure = null,
        CheckStatus status = CheckStatus.Passing)
    {
        var service = new ServiceRegistration { Name = name, Id = $"{name}-{port}", Address = address, Port = port };
        configure?.Invoke(service);
        var registration = new CatalogRegistration { Node = "other", Address = "10.0.0.2", Service = service };
        registration.Checks.Add(new CatalogCheckRegistration
        {
            CheckId = $"check-{service.Id}", Name = "check", ServiceId = service.Id, Status = status,
        });
        await node.Catalog.RegisterAsync(registration);
    }

    private sealed class Wire : HttpMessageHandler
    {
        public List<string> Sent { get; } = [];

        public Func<HttpRequestMessage, HttpRequestException?>? Fail { get; set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Sent.Add($"{request.RequestUri} {request.Headers.Host ?? "-"}");
            return Fail?.Invoke(request) is { } failure
                ? Task.FromException<HttpResponseMessage>(failure)
                : Task.FromResult(new HttpResponseMessage { RequestMessage = request });
        }
    }

    private sealed class RetryHandler : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            while (true)
            {
                try
                {
                    return await base.SendAsync(request, cancellationToken);
                }
                catch (HttpRequestException e) when (e.Message == "planted")
                {
                }
            }
        }
    }
}
