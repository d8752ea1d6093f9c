using System.Text.Json;
using Discovery.Answering;
using Discovery.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Discovery.Support;

/// <summary>A node on virtual time with the catalog that the facts are told for.</summary>
internal sealed class TestCatalog : IDisposable
{
    private readonly SimulationKernel _kernel = new();
    private readonly ServiceProvider _services;

    private TestCatalog()
    {
        var services = new ServiceCollection();
        services.AddSingleton(_kernel.CreateRuntime());
        services.AddDiscovery(static options =>
        {
            options.NodeName = "foo";
            options.AdvertiseAddress = "127.0.0.1";
        });
        _services = services.BuildServiceProvider();
        IHostedLifecycleService lifecycle = _services.GetServices<IHostedService>().OfType<IHostedLifecycleService>().Single();
        Catalog = _services.GetRequiredService<IServiceCatalog>();
        _kernel.Run(() => lifecycle.StartingAsync(CancellationToken.None));
    }

    public IServiceCatalog Catalog { get; }

    /// <summary>An empty catalog of node foo in datacenter dc1.</summary>
    public static TestCatalog Empty() => new();

    /// <summary>Catalog F of the facts, with the server that Consul has by itself.</summary>
    public static TestCatalog F()
    {
        var catalog = new TestCatalog();
        catalog.Register(ReadFile("catalog-f.json"));
        catalog.Register(new CatalogRegistration
        {
            Node = "foo",
            Address = "127.0.0.1",
            SkipNodeUpdate = true,
            Service = new ServiceRegistration { Id = "consul", Name = "consul", Port = 8300 },
        });
        return catalog;
    }

    public void Register(params CatalogRegistration[] registrations) => _kernel.Run(async () =>
    {
        foreach (CatalogRegistration registration in registrations)
        {
            registration.Ownership = CatalogOwnership.Consul;
            await Catalog.RegisterAsync(registration);
        }
    });

    public void Deregister(CatalogDeregistration deregistration) =>
        _kernel.Run(async () => await Catalog.DeregisterAsync(deregistration));

    /// <summary>A worker on this catalog.</summary>
    public TestResponder Responder(Action<DnsOptions>? configure = null, ulong seed = 1)
    {
        var options = new DnsOptions();
        configure?.Invoke(options);
        return new TestResponder(Catalog, new DnsSettings(options, "dc1"), seed);
    }

    public void Dispose() => _services.Dispose();

    public static string PathOf(string file) => Path.Combine(AppContext.BaseDirectory, "testdata", file);

    /// <summary>The bodies of Consul's catalog/register, as registrations of ours.</summary>
    public static CatalogRegistration[] ReadFile(string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(PathOf(file)));
        return [.. document.RootElement.EnumerateArray().Select(Read)];
    }

    private static CatalogRegistration Read(JsonElement body)
    {
        var registration = new CatalogRegistration
        {
            Node = body.GetProperty("Node").GetString()!,
            Address = body.GetProperty("Address").GetString()!,
            NodeMeta = Map(body, "NodeMeta", static value => value.GetString()!),
            TaggedAddresses = Map(body, "TaggedAddresses", static value => value.GetString()!),
        };
        if (body.TryGetProperty("Service", out JsonElement service))
        {
            registration.Service = ReadService(service);
        }

        foreach (JsonElement check in body.TryGetProperty("Checks", out JsonElement checks) ? checks.EnumerateArray() : default)
        {
            registration.Checks.Add(new CatalogCheckRegistration
            {
                CheckId = check.GetProperty("CheckID").GetString(),
                Name = check.GetProperty("Name").GetString()!,
                Status = Enum.Parse<CheckStatus>(check.GetProperty("Status").GetString()!, ignoreCase: true),
                ServiceId = check.TryGetProperty("ServiceID", out JsonElement id) ? id.GetString() : null,
            });
        }

        return registration;
    }

    private static ServiceRegistration ReadService(JsonElement service)
    {
        var registration = new ServiceRegistration
        {
            Id = service.GetProperty("ID").GetString(),
            Name = service.GetProperty("Service").GetString()!,
            Port = service.GetProperty("Port").GetInt32(),
            Address = service.TryGetProperty("Address", out JsonElement address) ? address.GetString() : null,
            TaggedAddresses = Map(
                service, "TaggedAddresses",
                static value => new ServiceAddress(value.GetProperty("Address").GetString()!, value.GetProperty("Port").GetInt32())),
        };
        foreach (JsonElement tag in service.TryGetProperty("Tags", out JsonElement tags) ? tags.EnumerateArray() : default)
        {
            registration.Tags.Add(tag.GetString()!);
        }

        if (service.TryGetProperty("Weights", out JsonElement weights))
        {
            registration.PassingWeight = weights.GetProperty("Passing").GetInt32();
            registration.WarningWeight = weights.GetProperty("Warning").GetInt32();
        }

        return registration;
    }

    private static Dictionary<string, T> Map<T>(JsonElement body, string name, Func<JsonElement, T> read) =>
        body.TryGetProperty(name, out JsonElement map)
            ? map.EnumerateObject().ToDictionary(static pair => pair.Name, pair => read(pair.Value))
            : [];
}
