namespace Discovery.Testing;

/// <summary>One node with the ledger on a kernel: state machine, log, client and queries.</summary>
public sealed class LedgerNode : IAsyncDisposable
{
    /// <summary>The lineage that a fresh node begins.</summary>
    public static readonly Guid Lineage = new("11111111-2222-3333-4444-555555555555");

    private readonly LocalCommandLog _local;
    private int _clients;

    /// <summary>Creates and starts a node.</summary>
    public LedgerNode(SimulationKernel kernel, LocalCommandLogOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        Kernel = kernel;
        Runtime = kernel.CreateRuntime();
        Machine = new StateMachine([Ledger], new StateMachineOptions());
        _local = new LocalCommandLog(Machine, Runtime, "node-1", options ?? new LocalCommandLogOptions());
        _local.Start(Lineage);
        Log = _local;
        Client = CreateClient(Log);
    }

    /// <summary>The kernel.</summary>
    public SimulationKernel Kernel { get; }

    /// <summary>Clock and scheduler of the node.</summary>
    public NodeRuntime Runtime { get; }

    /// <summary>The module.</summary>
    public LedgerModule Ledger { get; } = new();

    /// <summary>The state machine.</summary>
    public StateMachine Machine { get; }

    /// <summary>The log.</summary>
    public ICommandLog Log { get; }

    /// <summary>A client of the log.</summary>
    public CommandClient Client { get; }

    /// <summary>The state now.</summary>
    public StateSnapshot State => Machine.Current;

    /// <summary>Creates a client of any log, with ids that repeat from run to run.</summary>
    public CommandClient CreateClient(ICommandLog log) =>
        new(log, Runtime, () => new Guid(++_clients, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1));

    /// <summary>Runs steps as one command.</summary>
    public async Task<CommandResult<long>> RunAsync(params LedgerStep[] steps) =>
        await Client.ExecuteAsync(Ledger.Script, steps, CallContext.Local);

    /// <summary>Puts one item.</summary>
    public Task<CommandResult<long>> PutAsync(string name, string group, long value) =>
        RunAsync(new LedgerStep(LedgerAction.Put, name, group, value));

    /// <summary>Deletes one item.</summary>
    public Task<CommandResult<long>> DeleteAsync(string name) => RunAsync(new LedgerStep(LedgerAction.Delete, name));

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _local.DisposeAsync();
}
