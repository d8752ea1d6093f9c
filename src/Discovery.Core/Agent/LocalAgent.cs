using System.Collections.Immutable;
using Discovery.Catalog;
using Discovery.Health;
using Discovery.Replication;

namespace Discovery.Agent;

/// <summary>The agent's facade: validates, changes the state, hands checks to their runner, and waits for the catalog.</summary>
/// <remarks>
/// Changes go one after the other, so that state and runner hear of them in the same order; waiting for the catalog happens outside.
/// </remarks>
internal sealed partial class LocalAgent : ILocalAgent, ILocalOwner, IDisposable
{
    private static readonly string[] s_none = [];

    private readonly AgentParts _parts;
    private readonly AgentStore _store;
    private readonly AgentSync _sync;
    private readonly AgentHealth _health;
    private readonly AgentAliases _aliases;
    private readonly CheckRunner _runner;
    private readonly CallScope _scope;
    private readonly AgentKeeper _keeper;
    private readonly AsyncGate _changes = new(1);
    private readonly CancellationTokenSource _ended = new();
    private Task[] _loops = [];
    private bool _isStopped;

    public LocalAgent(AgentParts parts)
    {
        _parts = parts;
        _store = new AgentStore(new AgentState { Node = parts.Identity.ToRow(), KeepsUnknown = true });
        _sync = new AgentSync(parts, _store);
        _aliases = new AgentAliases(parts, _store);
        _health = new AgentHealth(_store, OnChanged);
        _runner = new CheckRunner(parts.Runtime, parts.Health, _health, _aliases, parts.Probes, parts.Logger);
        _scope = new CallScope(parts.Identity.Datacenter);
        _keeper = new AgentKeeper(parts.Files, parts.Runtime.Time, parts.Logger);
    }

    /// <summary>The synchronization with the catalog; for tests that count its work.</summary>
    internal AgentSync Sync => _sync;

    public string NodeName => _parts.Identity.Name;

    string ILocalOwner.Name => NodeName;

    public async ValueTask RegisterServiceAsync(
        ServiceRegistration registration,
        AgentRegisterOptions? options = null,
        CallContext? context = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(registration);
        options ??= AgentRegisterOptions.Default;
        CallContext caller = Enter(context);
        AgentServiceEntry service = null!;
        IReadOnlyList<AgentCheckEntry> checks = [];
        await ChangeAsync(async () =>
        {
            (service, checks) = AgentRegistrations.ReadService(_store.Current, registration, options, _parts.Health, caller);
            RefuseForeign(service.Row.Id, checks);
            await PutServiceAsync(service, checks, options.ChecksOfBefore);
        });
        await _sync.Waiters.WaitAsync(service.Row.Id, [.. checks.Select(static check => check.Row.CheckId)], _sync.Wake, cancellationToken);
    }

    public async ValueTask<bool> DeregisterServiceAsync(
        string serviceId, CallContext? context = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(serviceId);
        Enter(context);
        bool isKnown = false;
        await ChangeAsync(async () =>
        {
            isKnown = _store.Current.Services.ContainsKey(serviceId);
            if (isKnown)
            {
                await RemoveServiceAsync(serviceId);
            }
        });
        if (isKnown)
        {
            await _sync.Waiters.WaitAsync(serviceId, s_none, _sync.Wake, cancellationToken);
        }

        return isKnown;
    }

    public async ValueTask RegisterCheckAsync(
        CheckDefinition definition,
        string? serviceId = null,
        AgentRegisterOptions? options = null,
        CallContext? context = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(definition);
        CallContext caller = Enter(context);
        AgentCheckEntry check = null!;
        await ChangeAsync(async () =>
        {
            check = AgentRegistrations.ReadCheck(
                _store.Current, definition, serviceId, options ?? AgentRegisterOptions.Default, _parts.Health, caller);
            RefuseForeign(null, [check]);
            check = _keeper.Restore(check);
            await SaveCheckAsync(check.Row.ServiceId, check.Row.CheckId, state => state.PutCheck(check));
        });
        await _sync.Waiters.WaitAsync(null, [check.Row.CheckId], _sync.Wake, cancellationToken);
    }

    public async ValueTask<bool> DeregisterCheckAsync(
        string checkId, CallContext? context = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(checkId);
        Enter(context);
        bool isKnown = false;
        await ChangeAsync(async () =>
        {
            string? holder = _store.Current.HolderOf(checkId);
            isKnown = holder is not null;
            if (isKnown)
            {
                await SaveCheckAsync(holder!, checkId, state => state.RemoveCheck(checkId));
            }
        });
        if (isKnown)
        {
            await _sync.Waiters.WaitAsync(null, [checkId], _sync.Wake, cancellationToken);
        }

        return isKnown;
    }

    public async ValueTask UpdateCheckAsync(
        string checkId,
        CheckStatus status,
        string output = "",
        RegistrationLifetime lifetime = RegistrationLifetime.Process,
        CallContext? context = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(checkId);
        ArgumentNullException.ThrowIfNull(output);
        Enter(context);
        if (!Enum.IsDefined(status))
        {
            throw new DiscoveryException(DiscoveryError.InvalidRequest, $"Invalid check status: '{(int)status}'");
        }

        AgentCheckEntry? check = _store.Current.FindCheck(checkId);
        CheckReportOutcome outcome = check is null ? CheckReportOutcome.UnknownCheck
            : check.Definition is null ? CheckReportOutcome.NotTtl
            : await _runner.ReportAsync(check.Key, new CheckResult(status, output));
        if (outcome != CheckReportOutcome.Accepted)
        {
            throw outcome == CheckReportOutcome.NotTtl
                ? new DiscoveryException(DiscoveryError.InvalidRequest, $"CheckID \"{checkId}\" does not have associated TTL")
                : NoCheck(checkId);
        }

        if (_keeper.IsOn)
        {
            await ChangeAsync(() => KeepWordAsync(check!.Key, status, output, lifetime));
        }

        await _sync.Waiters.WaitAsync(null, [checkId], _sync.Wake, cancellationToken);
    }

    public ValueTask SetServiceMaintenanceAsync(
        string serviceId,
        MaintenanceMode maintenance,
        string reason = "",
        RegistrationLifetime lifetime = RegistrationLifetime.Process,
        CallContext? context = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(serviceId);
        return SetMaintenanceAsync(serviceId, maintenance, reason, lifetime, Enter(context), cancellationToken);
    }

    public ValueTask SetNodeMaintenanceAsync(
        MaintenanceMode maintenance,
        string reason = "",
        RegistrationLifetime lifetime = RegistrationLifetime.Process,
        CallContext? context = null,
        CancellationToken cancellationToken = default) =>
        SetMaintenanceAsync(null, maintenance, reason, lifetime, Enter(context), cancellationToken);

    public async ValueTask DrainAsync(string? serviceId = null, CancellationToken cancellationToken = default)
    {
        if (serviceId is null && !_parts.StateMachine.KeepsState)
        {
            // A witness offers nothing: it may leave as it is.
            return;
        }

        Enter(null);
        await ChangeAsync(() =>
        {
            Update(serviceId, state => serviceId is null || state.Services.ContainsKey(serviceId)
                ? state.Drain(serviceId)
                : throw NoService(serviceId));
            return Task.CompletedTask;
        });
        IEnumerable<string> ids = serviceId is null ? _store.Current.Services.Keys : [serviceId];
        await Task.WhenAll(ids.Select(id => _sync.Waiters.WaitAsync(id, s_none, _sync.Wake, cancellationToken)));
    }

    public async ValueTask<bool> DeregisterAsync(
        string? serviceId, string? checkId, CallContext context, CancellationToken cancellationToken)
    {
        Enter(context);
        bool isService = !string.IsNullOrEmpty(serviceId);
        if (!isService && string.IsNullOrEmpty(checkId))
        {
            return false;
        }

        // Also what the catalog shows as this agent's and the agent does not have: left by an earlier run, or just about to go.
        await ChangeAsync(() => isService
            ? RemoveServiceAsync(serviceId!)
            : SaveCheckAsync(_store.Current.HolderOf(checkId!) ?? "", checkId!, state => state.RemoveCheck(checkId!)));
        await _sync.Waiters.WaitAsync(isService ? serviceId : null, isService ? s_none : [checkId!], _sync.Wake, cancellationToken);
        return true;
    }

    private static DiscoveryException NoService(string serviceId) =>
        new(DiscoveryError.NotFound, $"Unknown service ID \"{serviceId}\". Ensure that the service ID is passed, not the service name.");

    private static DiscoveryException NoCheck(string checkId) =>
        new(DiscoveryError.NotFound, $"Unknown check ID \"{checkId}\". Ensure that the check ID is passed, not the check name.");

    private async ValueTask SetMaintenanceAsync(
        string? serviceId,
        MaintenanceMode maintenance,
        string reason,
        RegistrationLifetime lifetime,
        CallContext context,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(reason);
        string checkId = AgentRegistrations.MaintenanceIdOf(serviceId);
        await ChangeAsync(() => SaveCheckAsync(serviceId ?? "", checkId, state =>
        {
            AgentServiceEntry? service = null;
            if (serviceId is not null && !state.Services.TryGetValue(serviceId, out service))
            {
                throw NoService(serviceId);
            }

            bool isOn = state.HolderOf(checkId) is not null;
            return (maintenance == MaintenanceMode.On) == isOn ? state
                : isOn ? state.RemoveCheck(checkId)
                : state.PutCheck(AgentRegistrations.Maintenance(state, service?.Row, reason, context) with { Lifetime = lifetime });
        }));
        await _sync.Waiters.WaitAsync(null, [checkId], _sync.Wake, cancellationToken);
    }

    private CallContext Enter(CallContext? context)
    {
        if (Volatile.Read(ref _isStopped))
        {
            throw Stopped();
        }

        // Where no state is kept there is no catalog to compare with: that is said, and where to register instead.
        _ = _parts.StateMachine.Current;
        CallContext caller = context ?? CallContext.Local;
        _scope.Check(caller);
        return caller;
    }

    // An entry that another agent keeps is refused before anything changes; one that nobody keeps is taken over.
    private void RefuseForeign(string? serviceId, IReadOnlyList<AgentCheckEntry> checks)
    {
        NodeRows rows = NodeRows.Read(
            _parts.StateMachine.Current,
            _parts.Catalog.Tables,
            NodeName,
            serviceId is null ? [] : [serviceId],
            checks.Select(static check => check.Row.CheckId));
        string? owner = serviceId is not null && rows.Services.TryGetValue(serviceId, out CatalogService? service) ? service.Owner : null;
        foreach (AgentCheckEntry check in checks)
        {
            owner = IsForeign(owner) ? owner : rows.Checks.GetValueOrDefault(check.Row.CheckId)?.Owner;
        }

        if (IsForeign(owner))
        {
            throw AgentWaiters.OwnedBy(owner!);
        }
    }

    private bool IsForeign(string? owner) => owner is not null && !string.Equals(owner, NodeName, StringComparison.OrdinalIgnoreCase);

    private async Task ChangeAsync(Func<Task> change)
    {
        await _changes.EnterAsync(CancellationToken.None);
        try
        {
            // Whoever waited here while the agent stopped comes too late.
            Enter(null);
            await change();
        }
        finally
        {
            _changes.Leave();
        }
    }

    // Carries a change of one service over to the runner.
    private async Task UpdateAsync(string serviceId, Func<AgentState, AgentState> change)
    {
        (AgentState before, AgentState after) = Update(serviceId, change);
        ImmutableSortedDictionary<string, AgentCheckEntry> old = before.ChecksOf(serviceId);
        ImmutableSortedDictionary<string, AgentCheckEntry> now = after.ChecksOf(serviceId);
        foreach (AgentCheckEntry gone in old.Values.Where(check => !now.ContainsKey(check.Row.CheckId)))
        {
            await _runner.RemoveAsync(gone.Key);
        }

        foreach (AgentCheckEntry put in now.Values)
        {
            await RunAsync(before.FindCheck(put.Row.CheckId), put);
        }
    }

    // Carries a change of one check of a service (or, with the empty id, of the node) over to the runner.
    private async Task UpdateCheckAsync(string serviceId, string checkId, Func<AgentState, AgentState> change)
    {
        (AgentState before, AgentState after) = Update(serviceId, change);
        AgentCheckEntry? old = before.FindCheck(checkId);
        AgentCheckEntry? now = after.ChecksOf(serviceId).GetValueOrDefault(checkId);
        if (now is not null)
        {
            await RunAsync(old, now);
        }
        else if (old is not null)
        {
            await _runner.RemoveAsync(old.Key);
        }
    }

    private async Task RunAsync(AgentCheckEntry? old, AgentCheckEntry now)
    {
        if (old is not null && old.Key != now.Key)
        {
            // Taken from another service.
            await _runner.RemoveAsync(old.Key);
        }

        if (now.Definition is { } definition && !ReferenceEquals(old?.Definition, definition))
        {
            await _runner.AddAsync(now.Key, definition, now.Row.Output, now.Row.Status);
        }
    }

    private (AgentState Before, AgentState After) Update(string? serviceId, Func<AgentState, AgentState> change)
    {
        (AgentState before, AgentState after) = _store.Update(change);
        OnChanged(before, after, serviceId);
        return (before, after);
    }

    // The service that changed, the empty id for the node's own checks, null for all.
    private void OnChanged(AgentState before, AgentState after, string? serviceId)
    {
        if (!ReferenceEquals(before, after))
        {
            _sync.Wake();
            _aliases.Notify(serviceId);
        }
    }

    private static DiscoveryException Stopped() => new(DiscoveryError.Stopped, "The agent of this node has stopped.");
}
