using Discovery.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Discovery.Hosting;

[Trait("Kind", "RealSockets")]
public sealed class RealListenerTests
{
    [Fact]
    public async Task P6_UseUrlsWithStarAndPortZero_CatalogHasTheRealPort()
    {
        await using WebApplication app = TestApp.Build(
            static builder =>
            {
                builder.Services.AddDiscovery().AddService("web").AddHttpHosting();
                builder.Services.AddHttpClient("self").UseServiceCatalog();
            },
            "http://*:0");
        app.MapGet("/", static () => "hello");
        await app.StartAsync();

        ServiceInstance instance = Assert.Single(TestApp.Catalog(app).Find("web").Passing);
        int port = TestApp.PortOf(app);
        IDiscoveryNode node = app.Services.GetRequiredService<IDiscoveryNode>();
        Assert.Equal((node.Address, port), (instance.Address, instance.Port));
        Assert.Equal($"http://{node.Address}:{port}/", instance.Uri.ToString());
        Assert.Equal("http", instance.Service.Meta["scheme"]);
        Assert.Equal("hello", await Client(app).GetStringAsync("http://web/"));
        await app.StopAsync();
    }

    [Theory]
    [InlineData("http://0.0.0.0:0", null)]
    [InlineData("http://[::]:0", null)]
    [InlineData("http://127.0.0.1:0", "127.0.0.1")]
    [InlineData("http://[::1]:0", "::1")]
    public async Task P43_EveryKindOfListener_UriIsDialable(string urls, string? host)
    {
        await using WebApplication app = TestApp.Build(
            static builder => builder.Services.AddDiscovery(static o => o.DrainDelay = TimeSpan.Zero).AddService("web").AddHttpHosting(),
            urls);
        app.MapGet("/", static () => "hello");
        await app.StartAsync();

        ServiceInstance instance = Assert.Single(TestApp.Catalog(app).Find("web").All);
        host ??= app.Services.GetRequiredService<IDiscoveryNode>().Address;
        int port = TestApp.PortOf(app);
        string shown = host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host;
        Assert.Equal(new Uri($"http://{shown}:{port}/"), instance.Uri);
        using var plain = new HttpClient();
        Assert.Equal("hello", await plain.GetStringAsync(instance.Uri));
        QueryReply<IReadOnlyList<ServiceInstance>> queried = await TestApp.Catalog(app).QueryAsync(new ServiceQuery("web"));
        Assert.Equal(instance.Uri, Assert.Single(queried.Body).Uri);
        await app.StopAsync();
    }

    [Fact]
    public async Task Register_TwoListeners_MetaChoosesTheScheme()
    {
        await using WebApplication app = TestApp.Build(
            static builder => builder.Services.AddDiscovery(static o => o.DrainDelay = TimeSpan.Zero)
                .AddService("first").AddService("declared", static s => (s.Address, s.Port) = ("10.9.8.7", 1234)).AddHttpHosting(),
            "http://127.0.0.1:0;http://*:0");
        await app.StartAsync();

        ServiceInstance first = Assert.Single(TestApp.Catalog(app).Find("first").All);
        Assert.Equal(app.Services.GetRequiredService<IDiscoveryNode>().Address, first.Address);
        Assert.Equal("http://10.9.8.7:1234/", Assert.Single(TestApp.Catalog(app).Find("declared").All).Uri.ToString());
        await app.StopAsync();
        Assert.Empty(TestApp.Catalog(app).Find("first").All);
    }

    [Fact]
    public async Task Register_UnderTestServer_YieldsNoAddressAndSaysSoOnce()
    {
        var logger = new RecordingLogger<ServerAddressSource>();
        await using WebApplication app = TestApp.Build(builder =>
        {
            builder.WebHost.UseTestServer();
            builder.Services.AddSingleton<ILogger<ServerAddressSource>>(logger);
            builder.Services.AddDiscovery(static o => o.DrainDelay = TimeSpan.Zero)
                .AddService("web").AddService("other", static s => s.Port = 7).AddHttpHosting();
        });
        await app.StartAsync();

        ServiceInstance web = Assert.Single(TestApp.Catalog(app).Find("web").All);
        Assert.Equal((app.Services.GetRequiredService<IDiscoveryNode>().Address, 0), (web.Address, web.Port));
        Assert.Equal(7, Assert.Single(TestApp.Catalog(app).Find("other").All).Port);
        Assert.Single(logger.Lines, static line => line.StartsWith("6000 Information", StringComparison.Ordinal));
        app.Services.GetServices<IAdvertisedAddressSource>().Single().GetAddresses();
        Assert.Single(logger.Lines);
        await app.StopAsync();
    }

    [Fact]
    public async Task Register_InAWorker_YieldsNoAddress()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddDiscovery(static o => o.DrainDelay = TimeSpan.Zero).AddService("web").AddHttpHosting();
        using IHost host = builder.Build();
        await host.StartAsync();

        ServiceInstance web = Assert.Single(host.Services.GetRequiredService<IServiceCatalog>().Find("web").Passing);
        Assert.Equal(0, web.Port);
        await host.StopAsync();
    }

    private static HttpClient Client(WebApplication app) =>
        app.Services.GetRequiredService<IHttpClientFactory>().CreateClient("self");
}
