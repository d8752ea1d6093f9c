namespace Discovery.DependencyInjection;

/// <summary>A node whose agent takes registrations but whose catalog does not show them.</summary>
internal sealed class SlowAgent(ILocalAgent real, IDiscoveryNode node) : IDiscoveryNode, ILocalAgent
{
    private readonly List<CatalogService> _services = [];

    public bool IsInSync { get; set; }

    public List<string> Calls { get; } = [];

    public string Name => "slow";

    public Guid Id => Guid.Empty;

    public string Datacenter => "dc1";

    public string Address => "10.0.0.1";

    public IServiceCatalog Catalog => node.Catalog;

    public ILocalAgent Agent => this;

    public ICoordinates Coordinates => node.Coordinates;

    public IUserEvents Events => node.Events;

    public NodeStatus Status { get; } = new(NodePhase.Running, "n1", null, []);

    public string NodeName => Name;

    public IReadOnlyList<AgentService> Services => [.. _services.Select(row => new AgentService(row, IsInSync))];

    public IReadOnlyList<AgentCheck> Checks => [];

    public async ValueTask RegisterServiceAsync(
        ServiceRegistration registration, AgentRegisterOptions? options = null, CallContext? context = null,
        CancellationToken cancellationToken = default)
    {
        _services.Add(new CatalogService { Node = Name, Id = registration.Id!, Name = registration.Name });
        var never = new TaskCompletionSource();
        await never.Task.WaitAsync(cancellationToken);
    }

    public ValueTask DrainAsync(string? serviceId = null, CancellationToken cancellationToken = default)
    {
        Calls.Add($"drain {serviceId}");
        return ValueTask.CompletedTask;
    }

    public ValueTask<bool> DeregisterServiceAsync(
        string serviceId, CallContext? context = null, CancellationToken cancellationToken = default)
    {
        Calls.Add($"deregister {serviceId}");
        return ValueTask.FromResult(true);
    }

    public ValueTask RegisterCheckAsync(
        CheckDefinition definition, string? serviceId = null, AgentRegisterOptions? options = null, CallContext? context = null,
        CancellationToken cancellationToken = default) =>
        real.RegisterCheckAsync(definition, serviceId, options, context, cancellationToken);

    public ValueTask<bool> DeregisterCheckAsync(
        string checkId, CallContext? context = null, CancellationToken cancellationToken = default) =>
        real.DeregisterCheckAsync(checkId, context, cancellationToken);

    public ValueTask UpdateCheckAsync(
        string checkId, CheckStatus status, string output = "", RegistrationLifetime lifetime = RegistrationLifetime.Process,
        CallContext? context = null, CancellationToken cancellationToken = default) =>
        real.UpdateCheckAsync(checkId, status, output, lifetime, context, cancellationToken);

    public ValueTask SetServiceMaintenanceAsync(
        string serviceId, MaintenanceMode maintenance, string reason = "",
        RegistrationLifetime lifetime = RegistrationLifetime.Process, CallContext? context = null,
        CancellationToken cancellationToken = default) =>
        real.SetServiceMaintenanceAsync(serviceId, maintenance, reason, lifetime, context, cancellationToken);

    public ValueTask SetNodeMaintenanceAsync(
        MaintenanceMode maintenance, string reason = "", RegistrationLifetime lifetime = RegistrationLifetime.Process,
        CallContext? context = null, CancellationToken cancellationToken = default) =>
        real.SetNodeMaintenanceAsync(maintenance, reason, lifetime, context, cancellationToken);

    public AgentService? FindService(string serviceId) => real.FindService(serviceId);

    public ValueTask<AgentService?> WaitForChangeAsync(
        string serviceId, AgentService? seen, CancellationToken cancellationToken = default) =>
        real.WaitForChangeAsync(serviceId, seen, cancellationToken);
}
