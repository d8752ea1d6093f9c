using Discovery.Coordinates;
using Discovery.Testing;

namespace Discovery.Catalog;

/// <summary>A node's catalog on virtual time, put together by hand. Facade calls belong inside <c>Kernel.Run</c>.</summary>
internal sealed class CatalogHarness
{
    public CatalogHarness(int seed = 1, long ringBytes = 64 * 1024 * 1024, ILocalOwner? owner = null)
    {
        Kernel = new SimulationKernel(seed);
        Parts = new EncodedCatalog(ringBytes);
        Runtime = Kernel.CreateRuntime();
        Log = new LocalCommandLog(Parts.State, Runtime, "n1", new LocalCommandLogOptions());
        Random ids = Kernel.CreateRandom();
        Client = new CommandClient(Log, Runtime, () => NewGuid(ids));
        QueryMetrics = new QueryMetrics(Meters);
        WatchMetrics = new WatchMetrics(Meters);
        var scope = new CallScope("dc1");
        Watcher = new CatalogWatcher(Parts.Reader, Parts.State, scope, Lifetime, WatchMetrics);
        var queries = new StateQueries(Log, Runtime, QueryMetrics, Lifetime);
        Addresses = new AddressIndex(Parts.Reader, Parts.State);
        Parts.State.AddObserver(Addresses);
        Updates = new CoordinateUpdates(Parts.Coordinates, Client, Runtime, new CoordinateOptions());
        Coordinates = new CoordinateStore(Parts.Coordinates, Updates, queries, scope);
        var reads = new CatalogReads(
            Parts.Views,
            new CatalogQueries(Parts.Reader, Parts.Views, queries, scope, Parts.Coordinates),
            new ServiceListQueries(Parts.Reader, queries, scope),
            new NodeDetailQueries(Parts.Reader, queries, scope, Parts.Coordinates),
            new NodeLookup(Parts.Reader, Parts.State),
            Addresses,
            Watcher,
            new CatalogExplainer(Parts.Reader, scope, owner));
        var writer = new CatalogWriter(Parts.Module, Client, scope, owner);
        Catalog = new ServiceCatalog(reads, writer, Log, Runtime, WatchMetrics, Logger);
        Log.Start(EncodedCatalog.FirstLineage);
    }

    public SimulationKernel Kernel { get; }

    public EncodedCatalog Parts { get; }

    public StateMachine State => Parts.State;

    public NodeRuntime Runtime { get; }

    public LocalCommandLog Log { get; }

    public CommandClient Client { get; }

    public NodeLifetime Lifetime { get; } = new();

    public TestMeterFactory Meters { get; } = new();

    public QueryMetrics QueryMetrics { get; }

    public WatchMetrics WatchMetrics { get; }

    public CatalogWatcher Watcher { get; }

    public RecordingLogger<ServiceCatalog> Logger { get; } = new();

    public IServiceCatalog Catalog { get; }

    public AddressIndex Addresses { get; }

    public CoordinateUpdates Updates { get; }

    public ICoordinates Coordinates { get; }

    /// <summary>Proposes a command as an agent does.</summary>
    public async Task<ulong> ExecuteAsync(RegisterCommand command)
    {
        CommandResult<CatalogWriteResult> result = await Client.ExecuteAsync(Parts.Module.Register, command, CallContext.Local);
        Assert.Equal(CatalogWriteResult.Ok, result.Value);
        return result.Index;
    }

    /// <summary>Proposes a command that may be refused.</summary>
    public Task ProposeAsync(RegisterCommand command) =>
        Client.ExecuteAsync(Parts.Module.Register, command, CallContext.Local).AsTask();

    /// <summary>Proposes a command as an agent does.</summary>
    public async Task<ulong> ExecuteAsync(DeregisterCommand command)
    {
        CommandResult<CatalogWriteResult> result = await Client.ExecuteAsync(Parts.Module.Deregister, command, CallContext.Local);
        Assert.Equal(CatalogWriteResult.Ok, result.Value);
        return result.Index;
    }

    private static Guid NewGuid(Random random)
    {
        var bytes = new byte[16];
        random.NextBytes(bytes);
        return new Guid(bytes);
    }
}
