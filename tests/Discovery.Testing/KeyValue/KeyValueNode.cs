using Discovery.Catalog;
using Discovery.KeyValue;
using Discovery.Locks;
using Discovery.Sessions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Discovery.Testing;

/// <summary>One server with the key/value package on a kernel, on any log. Calls belong inside <c>kernel.Run</c>.</summary>
internal sealed class KeyValueNode : IAsyncDisposable
{
    public static readonly Guid Lineage = new("11111111-2222-3333-4444-555555555555");

    private readonly CancellationTokenSource _ended = new();
    private readonly LocalCommandLog _local;
    private readonly Task _leases;
    private readonly Random _ids;

    public KeyValueNode(
        SimulationKernel kernel,
        FaultyCommandLogOptions? faults = null,
        KeyValueOptions? options = null,
        StateMachineOptions? stateOptions = null,
        bool deduplicates = true)
    {
        Kernel = kernel;
        Runtime = kernel.CreateRuntime();
        _ids = kernel.CreateRandom();
        CatalogModule = new CatalogModule();
        Catalog = new CatalogState(CatalogModule);
        Module = new KeyValueModule(Catalog);
        State = new StateMachine([CatalogModule, Module], stateOptions ?? new StateMachineOptions());
        _local = new LocalCommandLog(State, Runtime, "n1", new LocalCommandLogOptions());
        Faulty = new FaultyCommandLog(_local, Runtime, kernel.CreateRandom(), faults ?? FaultyCommandLogOptions.None);
        Client = new CommandClient(deduplicates ? Faulty : new UndeduplicatedLog(Faulty), Runtime, NewId);
        Queries = new StateQueries(Faulty, Runtime, Metrics, Lifetime);
        Scope = new KeyValueScope(new CallScope("dc1"), Options.Create(options ?? new KeyValueOptions()));
        Leases = new LeaseKeeper(Module, Faulty, Runtime, NullLogger<LeaseKeeper>.Instance);
        Store = new KeyValueStore(Module, State, Client, Queries, new KeyValueWatcher(Module, State, Queries), Scope);
        Sessions = new SessionStore(
            Module, Client, Queries, Scope, new SessionIdentity("n1", NewId), new LeaseRenewals(Module, Faulty, Leases));
        Locks = CreateLocks(Runtime, "n1");
        _local.Start(Lineage);
        _leases = Runtime.Start(() => Leases.RunAsync(_ended.Token));
    }

    public SimulationKernel Kernel { get; }

    public NodeRuntime Runtime { get; }

    public CatalogModule CatalogModule { get; }

    public CatalogState Catalog { get; }

    public KeyValueModule Module { get; }

    public StateMachine State { get; }

    public FaultyCommandLog Faulty { get; }

    public ICommandLog Log => Faulty;

    public CommandClient Client { get; }

    public QueryMetrics Metrics { get; } = new(new TestMeterFactory());

    /// <summary>How many watches have been woken.</summary>
    public long Wakes => State.Watches.Wakes;

    public long SpuriousCount => Metrics.SpuriousCount;

    public NodeLifetime Lifetime { get; } = new();

    public StateQueries Queries { get; }

    public KeyValueScope Scope { get; }

    public LeaseKeeper Leases { get; }

    public IKeyValueStore Store { get; }

    public ISessions Sessions { get; }

    public IDistributedLocks Locks { get; }

    /// <summary>The locks as another process of the same node uses them, on its own scheduler.</summary>
    public IDistributedLocks CreateLocks(
        NodeRuntime runtime, string node, ISessions? sessions = null, ILogger? logger = null) => new DistributedLocks(
        new LockParts(
            Module,
            State,
            Client,
            sessions ?? Sessions,
            runtime,
            new SessionIdentity(node, NewId),
            Lifetime,
            logger ?? NullLogger.Instance),
        Scope);

    /// <summary>Ids that repeat from run to run.</summary>
    public Guid NewId()
    {
        var bytes = new byte[16];
        _ids.NextBytes(bytes);
        return new Guid(bytes);
    }

    /// <summary>Puts a node into the catalog, and checks on it.</summary>
    public async Task AddNodeAsync(string name, params (string Check, CheckStatus Status)[] checks)
    {
        var steps = new List<TransactionOperation>
        {
            new NodeOperation(CatalogVerb.Set, new CatalogNode { Name = name, Address = "10.0.0.1", Datacenter = "dc1" }),
        };
        foreach ((string check, CheckStatus status) in checks)
        {
            steps.Add(CheckStep(name, check, status));
        }

        await Store.TransactAsync(steps);
    }

    /// <summary>Sets the status of a check.</summary>
    public async Task SetCheckAsync(string node, string check, CheckStatus status) =>
        await Store.TransactAsync([CheckStep(node, check, status)]);

    /// <summary>A snapshot of the whole state, and its replacement by itself under a new lineage.</summary>
    public async Task RestoreAsync(byte[] snapshot)
    {
        ProposalResult result = await _local.RestoreAsync(new MemoryStream(snapshot), NewId());
        Invariant.Check(result.Outcome == ProposalOutcome.Applied, "the restore was not applied");
    }

    /// <summary>A snapshot of the whole state.</summary>
    public byte[] Snapshot()
    {
        var output = new MemoryStream();
        State.WriteSnapshot(output);
        return output.ToArray();
    }

    public async ValueTask DisposeAsync()
    {
        Lifetime.Stop();
        await _ended.CancelAsync();
        try
        {
            await _leases;
        }
        catch (OperationCanceledException)
        {
            // As asked.
        }

        await _local.DisposeAsync();
    }

    private static CheckOperation CheckStep(string node, string check, CheckStatus status) => new(
        CatalogVerb.Set, new CatalogCheck { Node = node, CheckId = check, Name = check, Status = status });
}
