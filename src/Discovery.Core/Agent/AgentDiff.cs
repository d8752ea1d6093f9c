using Discovery.Catalog;

namespace Discovery.Agent;

/// <summary>Compares what the agent has with what the catalog shows of its node. Pure.</summary>
/// <remarks>
/// <para>Ownership decides. An entry that the agent has is written wherever the catalog shows it differently, unless another agent keeps
/// it there. An entry that the agent does not have is removed when the catalog says that it is this agent's; one that nobody or another
/// agent keeps is never touched.</para>
/// <para>An entry that the application took out is also removed when somebody overwrote it meanwhile without becoming its owner.</para>
/// </remarks>
internal static class AgentDiff
{
    /// <summary>The most checks in one command.</summary>
    public const int ChecksPerCommandMax = 128;

    /// <param name="desired">What the agent has.</param>
    /// <param name="actual">What the catalog shows; of the scope at least.</param>
    /// <param name="scope">What to look at, with the services of its checks; null for everything.</param>
    public static AgentPlan Compare(AgentState desired, NodeRows actual, AgentScope? scope = null)
    {
        var plan = new Builder(desired, actual);
        plan.AddNode();
        if (scope is null)
        {
            plan.AddEverything();
        }
        else
        {
            plan.Add(scope);
        }

        return new AgentPlan(plan.Steps, plan.Adopted, plan.Conflicts);
    }

    private sealed class Builder(AgentState desired, NodeRows actual)
    {
        private readonly CatalogNode _reference = desired.Node;

        public List<AgentStep> Steps { get; } = [];

        public List<CatalogService> Adopted { get; } = [];

        public List<AgentConflict> Conflicts { get; } = [];

        public void AddEverything()
        {
            foreach (AgentServiceEntry entry in desired.Services.Values)
            {
                AddService(entry, entry.Checks.Values);
            }

            AddChecks(null, null, desired.NodeChecks.Values, CallContext.Local, desired.NodeChecks);
            AddRemovals(
                actual.Services.Values.OrderBy(static row => row.Id, StringComparer.Ordinal),
                actual.Checks.Values.OrderBy(static row => row.CheckId, StringComparer.Ordinal));
        }

        public void Add(AgentScope scope)
        {
            ILookup<string, AgentCheckEntry> checks = scope.Checks
                .Select(desired.FindCheck)
                .OfType<AgentCheckEntry>()
                .ToLookup(static check => check.Row.ServiceId, StringComparer.Ordinal);
            foreach (string id in scope.Services)
            {
                if (desired.Services.TryGetValue(id, out AgentServiceEntry? entry))
                {
                    AddService(entry, checks[id]);
                }
            }

            AddChecks(null, null, checks[""], CallContext.Local, desired.NodeChecks);
            AddRemovals(
                scope.Services.Select(actual.Services.GetValueOrDefault).OfType<CatalogService>(),
                scope.Checks.Select(actual.Checks.GetValueOrDefault).OfType<CatalogCheck>());
        }

        public void AddNode()
        {
            if (actual.Node is { } node)
            {
                CatalogNode wanted = desired.Node.Id == Guid.Empty ? desired.Node with { Id = node.Id } : desired.Node;
                if (CatalogRows.AreSame(wanted, node) || IsConflict(node.Owner, null, null))
                {
                    return;
                }
            }

            Steps.Add(new AgentStep
            {
                Register = new RegisterCommand { Node = desired.Node, Owner = desired.Owner, EnforceOwnership = true },
                Context = CallContext.Local,
                Source = desired.Node,
            });
        }

        private void AddService(AgentServiceEntry entry, IEnumerable<AgentCheckEntry> checks)
        {
            CatalogService row = entry.Row;
            if (actual.Services.TryGetValue(row.Id, out CatalogService? shown))
            {
                if (IsConflict(shown.Owner, row.Id, null))
                {
                    return;
                }

                if (row.EnableTagOverride && !row.Tags.SequenceEqual(shown.Tags))
                {
                    row = row with { Tags = shown.Tags };
                    Adopted.Add(shown);
                }
            }

            bool isShown = shown is not null && CatalogRows.AreSame(row, shown);
            AddChecks(row.Id, isShown ? null : row, checks, entry.Context, entry);
        }

        private void AddChecks(
            string? serviceId, CatalogService? service, IEnumerable<AgentCheckEntry> entries, CallContext context, object source)
        {
            var checks = new List<CatalogCheck>();
            foreach (AgentCheckEntry entry in entries)
            {
                bool isThere = actual.Checks.TryGetValue(entry.Row.CheckId, out CatalogCheck? shown);
                if (isThere && (CatalogRows.AreSame(entry.Row, shown!) || IsConflict(shown!.Owner, null, entry.Row.CheckId)))
                {
                    continue;
                }

                checks.Add(entry.Row);
                context = service is null ? entry.Context : context;
                if (checks.Count == ChecksPerCommandMax)
                {
                    AddRegister(serviceId, service, checks, context, source);
                    service = null;
                    checks = [];
                }
            }

            if (service is not null || checks.Count > 0)
            {
                AddRegister(serviceId, service, checks, context, source);
            }
        }

        // Registrations come first: a check that moved to another service is not among those that go with its old one.
        private void AddRemovals(IEnumerable<CatalogService> services, IEnumerable<CatalogCheck> checks)
        {
            var removed = new HashSet<string>(StringComparer.Ordinal);
            foreach (CatalogService shown in services)
            {
                bool isAsked = desired.RemovedServices.TryGetValue(shown.Id, out DepartureReason reason);
                if (!desired.Services.ContainsKey(shown.Id) && IsToGo(shown.Owner, isAsked))
                {
                    removed.Add(shown.Id);
                    AddDeregister(shown.Id, "", isAsked ? reason : DepartureReason.UnknownToAgent);
                }
            }

            foreach (CatalogCheck shown in checks)
            {
                if (desired.HolderOf(shown.CheckId) is null
                    && !removed.Contains(shown.ServiceId)
                    && IsToGo(shown.Owner, desired.RemovedChecks.Contains(shown.CheckId)))
                {
                    AddDeregister("", shown.CheckId, DepartureReason.Deregistered);
                }
            }
        }

        private bool IsOwn(string? owner) => string.Equals(owner, desired.Owner, StringComparison.OrdinalIgnoreCase);

        private bool IsToGo(string? owner, bool isAsked) => IsOwn(owner) ? isAsked || !desired.KeepsUnknown : owner is null && isAsked;

        private bool IsConflict(string? owner, string? serviceId, string? checkId)
        {
            if (owner is null || IsOwn(owner))
            {
                return false;
            }

            Conflicts.Add(new AgentConflict(serviceId, checkId, owner));
            return true;
        }

        private void AddRegister(
            string? serviceId, CatalogService? service, List<CatalogCheck> checks, CallContext context, object source) =>
            Steps.Add(new AgentStep
            {
                Register = new RegisterCommand
                {
                    Node = _reference,
                    SkipNodeUpdate = true,
                    Service = service,
                    Checks = checks,
                    Owner = desired.Owner,
                    EnforceOwnership = true,
                },
                Context = context,
                Source = source,
                ServiceId = serviceId,
                CheckIds = [.. checks.Select(static check => check.CheckId)],
            });

        private void AddDeregister(string serviceId, string checkId, DepartureReason reason) =>
            Steps.Add(new AgentStep
            {
                Deregister = new DeregisterCommand
                {
                    Node = desired.Node.Name,
                    ServiceId = serviceId,
                    CheckId = checkId,
                    Reason = reason,
                    Owner = desired.Owner,
                    EnforceOwnership = true,
                },
                Context = CallContext.Local,
                Source = desired.Node,
                ServiceId = serviceId.Length == 0 ? null : serviceId,
                CheckIds = checkId.Length == 0 ? [] : [checkId],
            });
    }
}
