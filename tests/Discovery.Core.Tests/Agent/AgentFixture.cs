using Discovery.Catalog;
using Discovery.Health;
using Discovery.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Discovery.Agent;

/// <summary>A node on virtual time: state machine, log, catalog writes, and agents that a test starts, stops and forgets.</summary>
internal sealed class AgentFixture : ICheckProbeFactory
{
    public const string Node = "n1";

    private readonly LocalCommandLog _local;
    private int _clients;

    public AgentFixture(int seed = 1, Func<ICommandLog, ICommandLog>? wrap = null, bool onSystem = false, StateMachineOptions? state = null)
    {
        Kernel = new SimulationKernel(seed, new KernelOptions { StepsMax = 50_000_000 });
        Runtime = onSystem ? NodeRuntime.CreateSystem() : Kernel.CreateRuntime();
        Machine = new StateMachine([Module], state ?? new StateMachineOptions());
        _local = new LocalCommandLog(Machine, Runtime, Node, new LocalCommandLogOptions());
        _local.Start(new Guid("11111111-2222-3333-4444-555555555555"));
        Log = wrap?.Invoke(_local) ?? _local;
        Outside = CreateClient(_local);
    }

    public SimulationKernel Kernel { get; }

    public NodeRuntime Runtime { get; }

    public CatalogModule Module { get; } = new();

    public StateMachine Machine { get; }

    /// <summary>The log as the agent sees it.</summary>
    public ICommandLog Log { get; set; }

    /// <summary>A client of the log as it is, for everybody but the agent.</summary>
    public CommandClient Outside { get; }

    /// <summary>A log that meets trouble as the seed says.</summary>
    public FaultyCommandLog Faulty(FaultyCommandLogOptions faults) => new(_local, Runtime, Kernel.CreateRandom(), faults);

    /// <summary>The disk under the agent's data directory <c>/data</c>; null: it has none.</summary>
    public PlantedDisk? Disk { get; init; }

    /// <summary>What the app is said to declare.</summary>
    public Func<string, bool> IsDeclared { get; init; } = static _ => false;

    public AgentOptions Options { get; } = new();

    public HealthOptions Health { get; } = new() { EnableScriptChecks = true };

    public RecordingLogger<LocalAgent> Logger { get; } = new();

    /// <summary>What a probed check does when it runs; the default passes at once.</summary>
    public Func<CheckDefinition, CheckResult> OnRun { get; set; } = static _ => CheckResult.Passing("ok");

    public LocalAgent Agent { get; private set; } = null!;

    public CatalogReader Reader => new(Module.Tables, RenderingBudget.Unlimited);

    public StateSnapshot State => Machine.Current;

    public NodeRows Rows => NodeRows.Read(State, Module.Tables, CatalogKeys.Folded(Node));

    public LocalAgent CreateAgent(string? address = null) => Agent = new LocalAgent(new AgentParts
    {
        Runtime = Runtime,
        Supervisor = new LoopSupervisor(Runtime, NullLogger<LoopSupervisor>.Instance, new TestMeterFactory()),
        StateMachine = Machine,
        Commands = CreateClient(Log),
        Catalog = Module,
        Identity = new AgentIdentity
        {
            Name = Node,
            Id = new Guid(7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7),
            Address = address ?? "10.0.0.1",
            Datacenter = "dc1",
            Meta = new Dictionary<string, string> { ["rack"] = "r1" },
        },
        Probes = this,
        Logger = Logger,
        Files = Disk is null ? null : new AgentFiles(Disk, "/data", Logger),
        IsDeclared = IsDeclared,
        Options = Options,
        Health = Health,
    });

    public async Task<LocalAgent> StartAgentAsync()
    {
        await CreateAgent().StartAsync();
        return Agent;
    }

    public CatalogWriter Catalog => new(Module, Outside, new CallScope("dc1"), Agent);

    public CommandClient CreateClient(ICommandLog log) =>
        new(log, Runtime, () => new Guid(++_clients, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1));

    /// <summary>Runs a body on the kernel and stops the agent after it.</summary>
    public void Run(Func<Task> body) => Kernel.Run(async () =>
    {
        await body();
        if (Agent is not null)
        {
            await Agent.StopAsync(leave: false);
        }
    });

    public Task AdvanceAsync(double seconds) => Kernel.AdvanceAsync(TimeSpan.FromSeconds(seconds));

    public ICheckProbe Create(CheckDefinition definition, CheckSettings settings) => new Probe(() => OnRun(definition));

    public static ServiceRegistration Service(string name, params CheckDefinition[] checks) =>
        new() { Name = name, Port = 80, Checks = [.. checks] };

    public static CheckDefinition Ttl(string? id = null, double seconds = 3600) =>
        new() { CheckId = id, Ttl = TimeSpan.FromSeconds(seconds) };

    public static CheckDefinition Http(string? id = null, double interval = 10) =>
        new() { CheckId = id, Http = "http://127.0.0.1:1/", Interval = TimeSpan.FromSeconds(interval) };

    public static CatalogRegistration External(string serviceId, string node = Node, params CatalogCheckRegistration[] checks) => new()
    {
        Node = node,
        Address = "10.0.0.9",
        SkipNodeUpdate = node == Node,
        Service = new ServiceRegistration { Name = serviceId, Id = serviceId, Port = 81 },
        Checks = [.. checks],
    };

    /// <summary>The catalog's rows of the node as lines: owner, kind, id, and what matters.</summary>
    public string[] Show()
    {
        NodeRows rows = Rows;
        return
        [
            .. rows.Services.Values.OrderBy(static s => s.Id, StringComparer.Ordinal).Select(static s =>
                $"{s.Owner ?? "-"} {s.Id} {s.Name}:{s.Port} [{string.Join(',', s.Tags)}]{(s.IsDraining ? " draining" : "")}"),
            .. rows.Checks.Values.OrderBy(static c => c.CheckId, StringComparer.Ordinal).Select(static c =>
                $"{c.Owner ?? "-"} {c.ServiceId}/{c.CheckId} {c.Status} {c.Output}".TrimEnd()),
        ];
    }

    private sealed class Probe(Func<CheckResult> body) : ICheckProbe
    {
        public ValueTask<CheckResult> RunAsync(CancellationToken cancellationToken) => new(body());
    }
}
