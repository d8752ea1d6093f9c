using System.Collections.Immutable;
using Discovery.Health;

namespace Discovery.Agent;

/// <summary>What the agent knows: its services and checks, and what it has still to take out of the catalog. Immutable and pure.</summary>
internal sealed record AgentState
{
    public static readonly ImmutableSortedDictionary<string, AgentCheckEntry> NoChecks =
        ImmutableSortedDictionary.Create<string, AgentCheckEntry>(StringComparer.Ordinal);

    private static readonly ImmutableDictionary<string, string> s_noHolders =
        ImmutableDictionary.Create<string, string>(StringComparer.Ordinal);

    public required CatalogNode Node { get; init; }

    /// <summary>The agent's name in the catalog: that of its node.</summary>
    public string Owner => Node.Name;

    public ImmutableSortedDictionary<string, AgentServiceEntry> Services { get; private init; } =
        ImmutableSortedDictionary.Create<string, AgentServiceEntry>(StringComparer.Ordinal);

    /// <summary>The checks of the node itself.</summary>
    public ImmutableSortedDictionary<string, AgentCheckEntry> NodeChecks { get; private init; } = NoChecks;

    /// <summary>Services that were taken out here and may still be in the catalog, and why.</summary>
    public ImmutableSortedDictionary<string, DepartureReason> RemovedServices { get; private init; } =
        ImmutableSortedDictionary.Create<string, DepartureReason>(StringComparer.Ordinal);

    /// <summary>Checks that were taken out here and may still be in the catalog.</summary>
    public ImmutableSortedSet<string> RemovedChecks { get; private init; } = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    /// <summary>
    /// Whether entries of this owner that the agent does not know stay: from its start until the application has declared what it offers,
    /// so that a restart does not take out what is about to be declared again.
    /// </summary>
    public bool KeepsUnknown { get; init; }

    /// <summary>What changed since <see cref="WithoutTouched"/>.</summary>
    public AgentTouched Touched { get; private init; } = AgentTouched.None;

    /// <summary>How many services and checks there are.</summary>
    public int Count => Services.Count + Holders.Count;

    /// <summary>Check id to the service that has it, the empty id for the node.</summary>
    private ImmutableDictionary<string, string> Holders { get; init; } = s_noHolders;

    private long LastRegistration { get; init; }

    /// <summary>The service that has a check id, the empty id for the node, or null when it is free.</summary>
    public string? HolderOf(string checkId) => Holders.GetValueOrDefault(checkId);

    /// <summary>The checks of a service, or with the empty id those of the node.</summary>
    public ImmutableSortedDictionary<string, AgentCheckEntry> ChecksOf(string serviceId) =>
        serviceId.Length == 0 ? NodeChecks : Services.GetValueOrDefault(serviceId)?.Checks ?? NoChecks;

    public AgentCheckEntry? FindCheck(string checkId) => HolderOf(checkId) is not { } holder ? null
        : holder.Length == 0 ? NodeChecks[checkId]
        : Services[holder].Checks[checkId];

    /// <summary>
    /// Adds a service or replaces its definition. Checks that stay keep status and output.
    /// </summary>
    /// <param name="entry">The service without checks.</param>
    /// <param name="declared">The checks of the registration.</param>
    /// <param name="others">What becomes of the checks that it has beside those.</param>
    public AgentState PutService(
        AgentServiceEntry entry, IReadOnlyList<AgentCheckEntry> declared, ChecksOfBefore others = ChecksOfBefore.ReplaceDeclared)
    {
        string id = entry.Row.Id;
        if (declared.FirstOrDefault(check => HolderOf(check.Row.CheckId) is { } holder && holder != id) is { } taken)
        {
            return RemoveCheck(taken.Row.CheckId).PutService(entry, declared, others);
        }

        ImmutableSortedDictionary<string, AgentCheckEntry> old = ChecksOf(id);
        ImmutableSortedDictionary<string, AgentCheckEntry>.Builder checks = NoChecks.ToBuilder();
        foreach (AgentCheckEntry kept in old.Values.Where(check => IsKept(check, others)))
        {
            checks[kept.Row.CheckId] = kept with { Row = kept.Row with { ServiceName = entry.Row.Name } };
        }

        foreach (AgentCheckEntry check in declared)
        {
            checks[check.Row.CheckId] = old.TryGetValue(check.Row.CheckId, out AgentCheckEntry? before) ? KeepStatus(check, before) : check;
        }

        string[] gone = [.. old.Keys.Where(checkId => !checks.ContainsKey(checkId))];
        AgentServiceEntry put = entry with { Checks = checks.ToImmutable(), Registration = LastRegistration + 1 };
        return this with
        {
            Services = Services.SetItem(id, put),
            Holders = Holders.RemoveRange(gone).SetItems(put.Checks.Keys.Select(checkId => KeyValuePair.Create(checkId, id))),
            RemovedServices = RemovedServices.Remove(id),
            RemovedChecks = RemovedChecks.Union(gone).Except(put.Checks.Keys),
            Touched = Touched.WithService(id, gone),
            LastRegistration = LastRegistration + 1,
        };
    }

    public AgentState RemoveService(string id, DepartureReason reason)
    {
        ImmutableSortedDictionary<string, DepartureReason> removed = RemovedServices.SetItem(id, reason);
        return !Services.TryGetValue(id, out AgentServiceEntry? entry)
            ? this with { RemovedServices = removed, Touched = Touched.WithService(id, []) }
            : this with
            {
                Services = Services.Remove(id),
                Holders = Holders.RemoveRange(entry.Checks.Keys),
                RemovedServices = removed,
                RemovedChecks = RemovedChecks.Union(entry.Checks.Keys),
                Touched = Touched.WithService(id, entry.Checks.Keys),
            };
    }

    /// <summary>Adds a check of the node or of a service that is there, or replaces it: status and output stay.</summary>
    public AgentState PutCheck(AgentCheckEntry check)
    {
        string checkId = check.Row.CheckId;
        if (HolderOf(checkId) is { } holder && holder != check.Row.ServiceId)
        {
            return RemoveCheck(checkId).PutCheck(check);
        }

        AgentCheckEntry put = FindCheck(checkId) is { } before ? KeepStatus(check, before) : check;
        return WithCheck(put) with
        {
            Holders = Holders.SetItem(checkId, check.Row.ServiceId),
            RemovedChecks = RemovedChecks.Remove(checkId),
        };
    }

    public AgentState RemoveCheck(string checkId)
    {
        string? holder = HolderOf(checkId);
        AgentState without = holder is null ? this
            : holder.Length == 0 ? this with { NodeChecks = NodeChecks.Remove(checkId) }
            : this with
            {
                Services = Services.SetItem(holder, Services[holder] with { Checks = Services[holder].Checks.Remove(checkId) }),
            };
        return without with
        {
            Holders = Holders.Remove(checkId),
            RemovedChecks = RemovedChecks.Add(checkId),
            Touched = Touched.WithCheck(checkId),
        };
    }

    /// <summary>Takes what a check found; nothing changes for one that is not there.</summary>
    public AgentState SetStatus(CheckKey key, CheckStatus status, string output) =>
        FindCheck(key.CheckId) is not { } check || check.Key != key || (check.Row.Status == status && check.Row.Output == output)
            ? this
            : WithCheck(check with { Row = check.Row with { Status = status, Output = output } });

    /// <summary>Marks one service, or all, as being stopped.</summary>
    public AgentState Drain(string? id)
    {
        AgentServiceEntry[] drained =
        [
            .. (id is null ? Services.Values : Services.TryGetValue(id, out AgentServiceEntry? one) ? [one] : [])
                .Where(static entry => !entry.Row.IsDraining)
                .Select(static entry => entry with { Row = entry.Row with { IsDraining = true } }),
        ];
        return this with
        {
            Services = Services.SetItems(drained.Select(static entry => KeyValuePair.Create(entry.Row.Id, entry))),
            Touched = drained.Aggregate(Touched, static (touched, entry) => touched.WithService(entry.Row.Id, [])),
        };
    }

    /// <summary>Takes everything out.</summary>
    public AgentState RemoveAll(DepartureReason reason)
    {
        AgentState state = Services.Keys.Aggregate(this, (rest, id) => rest.RemoveService(id, reason));
        return NodeChecks.Keys.Aggregate(state, static (rest, checkId) => rest.RemoveCheck(checkId));
    }

    /// <summary>Takes over tags that others set, for the services that allow it.</summary>
    public AgentState AdoptTags(IReadOnlyList<CatalogService> adopted)
    {
        AgentState state = this;
        foreach (CatalogService row in adopted)
        {
            if (state.Services.TryGetValue(row.Id, out AgentServiceEntry? entry) && entry.Row.EnableTagOverride)
            {
                AgentServiceEntry tagged = entry with { Row = entry.Row with { Tags = row.Tags } };
                state = state with
                {
                    Services = state.Services.SetItem(row.Id, tagged),
                    Touched = state.Touched.WithService(row.Id, []),
                };
            }
        }

        return state;
    }

    /// <summary>The same, as what the next changes are counted from.</summary>
    public AgentState WithoutTouched() => Touched.IsEmpty ? this : this with { Touched = AgentTouched.None };

    /// <summary>Forgets removals that the catalog has carried out.</summary>
    /// <param name="actual">What the catalog shows.</param>
    /// <param name="scope">What of it was read; null for everything.</param>
    public AgentState ForgetRemovals(NodeRows actual, AgentScope? scope = null)
    {
        if (RemovedServices.IsEmpty && RemovedChecks.IsEmpty)
        {
            return this;
        }

        return this with
        {
            RemovedServices = RemovedServices.RemoveRange(
                (scope?.Services ?? RemovedServices.Keys).Where(id => !actual.Services.ContainsKey(id)).ToArray()),
            RemovedChecks = RemovedChecks.Except(
                (scope?.Checks ?? (IEnumerable<string>)RemovedChecks).Where(id => !actual.Checks.ContainsKey(id)).ToArray()),
        };
    }

    private static bool IsKept(AgentCheckEntry check, ChecksOfBefore others) =>
        others == ChecksOfBefore.Keep || (others == ChecksOfBefore.ReplaceDeclared && !check.IsDeclared);

    private static AgentCheckEntry KeepStatus(AgentCheckEntry check, AgentCheckEntry before) =>
        check.Definition is null || before.Definition is null || check.Key != before.Key
            ? check
            : check with { Row = check.Row with { Status = before.Row.Status, Output = before.Row.Output } };

    private AgentState WithCheck(AgentCheckEntry check)
    {
        string holder = check.Row.ServiceId;
        AgentTouched touched = Touched.WithCheck(check.Row.CheckId);
        if (holder.Length == 0)
        {
            return this with { NodeChecks = NodeChecks.SetItem(check.Row.CheckId, check), Touched = touched };
        }

        AgentServiceEntry service = Services[holder];
        return this with
        {
            Services = Services.SetItem(holder, service with { Checks = service.Checks.SetItem(check.Row.CheckId, check) }),
            Touched = touched,
        };
    }
}
