using System.Diagnostics.Metrics;
using Discovery.Agent;
using Discovery.Catalog;
using Discovery.Coordinates;
using Discovery.Events;
using Discovery.Health;
using Discovery.Membership;
using Discovery.Rpc;
using Discovery.Runtime;
using Discovery.Snapshots;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Discovery.DependencyInjection;

/// <summary>Puts a node together. Everything is a singleton that the app, a test or another package may have put in place before.</summary>
internal static class NodeComposition
{
    /// <summary>An app that uses the node of another one; registered as instances, which its container does not dispose.</summary>
    public static void AddShared(IServiceCollection services, IDiscoveryNode node)
    {
        services.TryAddSingleton(new SharedNode(node));
        services.TryAddSingleton(node);
        services.TryAddSingleton(node.Catalog);
        services.TryAddSingleton(node.Agent);
        services.TryAddSingleton(node.Coordinates);
        services.TryAddSingleton(node.Events);
        services.TryAddSingleton((node as DiscoveryNode)?.Runtime ?? NodeRuntime.CreateSystem());
    }

    /// <summary>An app that is a node.</summary>
    public static void AddNode(IServiceCollection services)
    {
        services.TryAddSingleton(static _ => NodeRuntime.CreateSystem());
        services.TryAddSingleton(static _ => new IdSource(Guid.NewGuid));
        services.TryAddSingleton<NodeLifetime>();
        services.TryAddSingleton(static provider => new LoopSupervisor(
            provider.GetRequiredService<NodeRuntime>(),
            provider.GetRequiredService<ILogger<LoopSupervisor>>(),
            provider.GetRequiredService<IMeterFactory>()));
        services.TryAddSingleton<NodeParts>();
        services.TryAddSingleton<IFileSystem, PhysicalFileSystem>();
        services.TryAddSingleton(static provider => new DataDirectoryLock(
            provider.GetRequiredService<IFileSystem>(), provider.GetRequiredService<IOptions<NodeOptions>>().Value.DataDirectory));
        services.TryAddSingleton(CreateIdentity);
        AddState(services);
        AddCatalog(services);
        services.TryAddSingleton(CreateAgentParts);
        services.TryAddSingleton<LocalAgent>();
        services.TryAddSingleton<IMembershipSource>(CreateMembership);
        services.TryAddSingleton<MemberReconciler>();
        services.TryAddSingleton<IAutopilotStore, AutopilotStore>();
        services.TryAddSingleton<IClusterOperator, LoneClusterOperator>();
        services.TryAddSingleton<SnapshotParts>();
        services.TryAddSingleton<IClusterSnapshots, ClusterSnapshots>();
        AddCoordinates(services);
        AddEvents(services);
        services.TryAddSingleton<ILocalAgent>(static provider => provider.GetRequiredService<LocalAgent>());
        services.TryAddSingleton<ILocalOwner>(static provider => provider.GetRequiredService<LocalAgent>());
        services.TryAddSingleton<INodeConnector, NodeConnector>();
        services.TryAddSingleton<RpcConnectionPool>();
        services.TryAddSingleton<IRpcClient, RpcClient>();
        services.TryAddSingleton<DiscoveryNode>();
        services.TryAddSingleton<IDiscoveryNode>(static provider => provider.GetRequiredService<DiscoveryNode>());
    }

    private static void AddState(IServiceCollection services)
    {
        services.TryAddSingleton<CatalogModule>();
        services.TryAddSingleton<CoordinateModule>();
        services.TryAddSingleton<AutopilotModule>();
        services.TryAddSingleton(static provider => new CatalogState(provider.GetRequiredService<CatalogModule>()));
        services.TryAddSingleton(static provider => new StateMachine(
            [
                provider.GetRequiredService<CatalogModule>(),
                provider.GetRequiredService<CoordinateModule>(),
                provider.GetRequiredService<AutopilotModule>(),
                .. provider.GetServices<StateModuleDeclaration>().Select(module => module.Create(provider)),
            ],
            provider.GetRequiredService<IOptions<StateMachineOptions>>().Value));
        services.TryAddSingleton<ICommandLog>(static provider => new LocalCommandLog(
            provider.GetRequiredService<StateMachine>(),
            provider.GetRequiredService<NodeRuntime>(),
            provider.GetRequiredService<AgentIdentity>().Name,
            provider.GetRequiredService<IOptions<LocalCommandLogOptions>>().Value));
        services.TryAddSingleton(static provider => new CommandClient(
            provider.GetRequiredService<ICommandLog>(),
            provider.GetRequiredService<NodeRuntime>(),
            provider.GetRequiredService<IdSource>().NewId));
        services.TryAddSingleton(static provider => new TopicReaper(
            provider.GetRequiredService<ICommandLog>(),
            provider.GetRequiredService<NodeRuntime>(),
            provider.GetRequiredService<IOptions<TopicReaperOptions>>().Value));
        services.TryAddSingleton<QueryMetrics>();
        services.TryAddSingleton(static provider => new StateQueries(
            provider.GetRequiredService<ICommandLog>(),
            provider.GetRequiredService<NodeRuntime>(),
            provider.GetRequiredService<QueryMetrics>(),
            provider.GetRequiredService<NodeLifetime>()));
    }

    private static void AddCatalog(IServiceCollection services)
    {
        services.TryAddSingleton<WatchMetrics>();
        services.TryAddSingleton(static provider => new CallScope(provider.GetRequiredService<AgentIdentity>().Datacenter));
        services.TryAddSingleton(static provider =>
        {
            // The tables exist once the state machine has configured the module.
            StateMachine _ = provider.GetRequiredService<StateMachine>();
            return new CatalogReader(
                provider.GetRequiredService<CatalogModule>().Tables,
                new RenderingBudget(provider.GetRequiredService<IOptions<CatalogOptions>>().Value.RenderingBytesMax));
        });
        services.TryAddSingleton(static provider =>
        {
            StateMachine state = provider.GetRequiredService<StateMachine>();
            var views = new CatalogViews(
                provider.GetRequiredService<CatalogReader>(), state, provider.GetRequiredService<NodeRuntime>().CreateRandom());
            state.AddObserver(views);
            return views;
        });
        services.TryAddSingleton(static provider =>
        {
            StateMachine state = provider.GetRequiredService<StateMachine>();
            var addresses = new AddressIndex(provider.GetRequiredService<CatalogReader>(), state);
            state.AddObserver(addresses);
            return addresses;
        });
        services.TryAddSingleton<CatalogQueries>();
        services.TryAddSingleton<ServiceListQueries>();
        services.TryAddSingleton<NodeDetailQueries>();
        services.TryAddSingleton<NodeLookup>();
        services.TryAddSingleton<CatalogWatcher>();
        services.TryAddSingleton<CatalogExplainer>();
        services.TryAddSingleton<CatalogWriter>();
        services.TryAddSingleton<CatalogReads>();
        services.TryAddSingleton<IServiceCatalog, ServiceCatalog>();
    }

    private static void AddCoordinates(IServiceCollection services)
    {
        services.TryAddSingleton(static provider => new CoordinateUpdates(
            provider.GetRequiredService<CoordinateModule>(),
            provider.GetRequiredService<CommandClient>(),
            provider.GetRequiredService<NodeRuntime>(),
            provider.GetRequiredService<IOptions<CoordinateOptions>>().Value));
        services.TryAddSingleton<ICoordinates, CoordinateStore>();
    }

    private static void AddEvents(IServiceCollection services)
    {
        services.TryAddSingleton<EventClock>();
        services.TryAddSingleton<EventOutboxes>();
        services.TryAddSingleton<UserEventLog>();
        services.TryAddSingleton<IUserEventReceiver>(static provider => provider.GetRequiredService<UserEventLog>());
        services.TryAddSingleton<IUserEventCarrier, ServerEventCarrier>();
        services.TryAddSingleton<IUserEvents, UserEvents>();
    }

    private static AgentIdentity CreateIdentity(IServiceProvider provider)
    {
        // Nothing in the directory is read or written before it is ours alone.
        _ = provider.GetRequiredService<DataDirectoryLock>();
        NodeOptions options = provider.GetRequiredService<IOptions<NodeOptions>>().Value;
        string address = options.AdvertiseAddress ?? MachineAddress.Find();
        string wan = options.AdvertiseAddressWan ?? address;
        return new AgentIdentity
        {
            Name = options.NodeName ?? MachineAddress.NameOf(Environment.MachineName),
            Id = CreateId(provider, options),
            Address = address,
            WanAddress = wan,
            Datacenter = options.Datacenter,
            RegistersServer = options.RegistersServer,
            Meta = options.RegistersServer ? ServerIdentity.Meta(options.Meta) : StringMap.From(options.Meta),
            TaggedAddresses = options.RegistersServer ? ServerIdentity.TaggedAddresses(address, wan) : StringMap.Empty,
        };
    }

    private static IMembershipSource CreateMembership(IServiceProvider provider)
    {
        var own = new SingleNodeMembership(
            provider.GetRequiredService<AgentIdentity>(), provider.GetRequiredService<IOptions<NodeOptions>>().Value);
        return provider.GetService<IServerDirectory>() is { } others ? new ServerListMembership(own, others) : own;
    }

    private static Guid CreateId(IServiceProvider provider, NodeOptions options)
    {
        Func<Guid> newId = provider.GetRequiredService<IdSource>().NewId;
        return options.NodeId != Guid.Empty ? options.NodeId
            : options.DataDirectory is { Length: > 0 } directory ? NodeIdFile.ReadOrCreate(
                provider.GetRequiredService<IFileSystem>(),
                Path.GetFullPath(directory),
                newId,
                provider.GetRequiredService<ILogger<DiscoveryNode>>())
            : newId();
    }

    private static AgentParts CreateAgentParts(IServiceProvider provider)
    {
        NodeRuntime runtime = provider.GetRequiredService<NodeRuntime>();
        HealthOptions health = provider.GetRequiredService<IOptions<HealthOptions>>().Value;
        ILogger<LocalAgent> logger = provider.GetRequiredService<ILogger<LocalAgent>>();
        string? directory = provider.GetRequiredService<IOptions<NodeOptions>>().Value.DataDirectory;
        AgentIdentity identity = provider.GetRequiredService<AgentIdentity>();
        return new AgentParts
        {
            Runtime = runtime,
            Supervisor = provider.GetRequiredService<LoopSupervisor>(),
            StateMachine = provider.GetRequiredService<StateMachine>(),
            Commands = provider.GetRequiredService<CommandClient>(),
            Catalog = provider.GetRequiredService<CatalogModule>(),
            Identity = identity,
            Probes = provider.GetService<ICheckProbeFactory>() ?? new CheckProbeFactory(runtime, health),
            Logger = logger,
            Files = string.IsNullOrEmpty(directory) ? null
                : new AgentFiles(provider.GetRequiredService<IFileSystem>(), Path.GetFullPath(directory), logger),
            IsDeclared = provider.GetRequiredService<DeclaredServices>().Declares,
            FreeName = holder => MemberRows.FreeName(provider.GetRequiredService<IMembershipSource>().Members, identity, holder),
            Options = provider.GetRequiredService<IOptions<AgentOptions>>().Value,
            Health = health,
        };
    }
}
