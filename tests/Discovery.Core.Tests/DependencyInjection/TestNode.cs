using Discovery.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Discovery.DependencyInjection;

/// <summary>A node put together by AddDiscovery on virtual time; its host's steps are called one by one.</summary>
internal sealed class TestNode : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    public TestNode(SimulationKernel kernel, Action<IDiscoveryBuilder>? configure = null, IDiscoveryNode? shared = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton(kernel.CreateRuntime());
        services.AddSingleton(typeof(ILogger<>), typeof(RecordingLogger<>));
        IDiscoveryBuilder builder = shared is null ? services.AddDiscovery(Defaults) : services.AddDiscovery(shared);
        configure?.Invoke(builder);
        _services = services.BuildServiceProvider();
        Lifecycle = _services.GetServices<IHostedService>().OfType<IHostedLifecycleService>().Single();
    }

    public IServiceProvider Services => _services;

    public IHostedLifecycleService Lifecycle { get; }

    public IDiscoveryNode Node => Get<IDiscoveryNode>();

    public IServiceCatalog Catalog => Get<IServiceCatalog>();

    public IReadOnlyList<string> Lines => ((RecordingLogger<NodeLifecycle>)Get<ILogger<NodeLifecycle>>()).Lines;

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public async Task StartAsync()
    {
        await Lifecycle.StartingAsync(default);
        await Lifecycle.StartAsync(default);
        await Lifecycle.StartedAsync(default);
    }

    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        await Lifecycle.StoppingAsync(cancellationToken);
        await Lifecycle.StopAsync(cancellationToken);
        await Lifecycle.StoppedAsync(cancellationToken);
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private static void Defaults(NodeOptions options)
    {
        options.NodeName = "n1";
        options.AdvertiseAddress = "10.0.0.1";
    }
}
