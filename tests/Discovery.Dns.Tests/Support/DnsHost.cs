using System.Net;
using Discovery.Server;
using Discovery.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Discovery.Support;

/// <summary>A node with a DNS server on real sockets, its hosted services called as a host would.</summary>
internal sealed class DnsHost : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly IHostedService[] _hosted;
    private bool _isStopped;

    private DnsHost(ServiceProvider services)
    {
        _services = services;
        _hosted = [.. services.GetServices<IHostedService>()];
    }

    public IPEndPoint Endpoint => Get<IDnsServer>().Endpoints[0];

    public IServiceCatalog Catalog => Get<IServiceCatalog>();

    public DnsServer Server => Get<DnsServer>();

    public Recursors Recursors => Get<Recursors>();

    public IReadOnlyList<string> Lines => ((RecordingLogger<DnsServer>)Get<ILogger<DnsServer>>()).Lines;

    public static async Task<DnsHost> StartAsync(
        Action<DnsOptions>? configure = null, IConfiguration? configuration = null, bool hasCatalogF = true, NodeRuntime? runtime = null)
    {
        var host = Create(configure, configuration, runtime);
        try
        {
            await host.StartAsync();
            if (hasCatalogF)
            {
                await host.LoadAsync("catalog-f.json");
            }
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }

        return host;
    }

    public static DnsHost Create(Action<DnsOptions>? configure = null, IConfiguration? configuration = null, NodeRuntime? runtime = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton(typeof(ILogger<>), typeof(RecordingLogger<>));
        if (runtime is not null)
        {
            services.AddSingleton(runtime);
        }

        if (configuration is not null)
        {
            services.AddSingleton(configuration);
        }

        services.AddDiscovery(static options =>
        {
            options.NodeName = "foo";
            options.AdvertiseAddress = "127.0.0.1";
        }).AddDnsServer(options =>
        {
            options.Port = 0;
            configure?.Invoke(options);
        });
        return new DnsHost(services.BuildServiceProvider());
    }

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public async Task StartAsync()
    {
        foreach (IHostedLifecycleService service in _hosted.OfType<IHostedLifecycleService>())
        {
            await service.StartingAsync(CancellationToken.None);
        }

        foreach (IHostedService service in _hosted)
        {
            await service.StartAsync(CancellationToken.None);
        }
    }

    public async Task LoadAsync(string file)
    {
        foreach (CatalogRegistration registration in TestCatalog.ReadFile(file))
        {
            registration.Ownership = CatalogOwnership.Consul;
            await Catalog.RegisterAsync(registration);
        }
    }

    public Task<ParsedMessage> AskAsync(string name, string type, bool isTcp = false, int? size = null) =>
        RawClient.AskAsync(Endpoint, name, type, isTcp, size);

    public async Task StopAsync()
    {
        if (_isStopped)
        {
            return;
        }

        _isStopped = true;
        foreach (IHostedService service in _hosted.Reverse())
        {
            await service.StopAsync(CancellationToken.None);
        }

        foreach (IHostedLifecycleService service in _hosted.OfType<IHostedLifecycleService>())
        {
            await service.StoppedAsync(CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _services.DisposeAsync();
    }
}
