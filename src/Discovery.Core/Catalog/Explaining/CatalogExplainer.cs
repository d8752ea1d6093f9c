using System.Globalization;

namespace Discovery.Catalog;

/// <summary>Says why a query returns an instance, or does not.</summary>
internal sealed class CatalogExplainer(CatalogReader reader, CallScope scope, ILocalOwner? localOwner)
{
    private const string ServiceMaintenancePrefix = "_service_maintenance";
    private const string NodeMaintenance = "_node_maintenance";

    public ServiceExplanation Explain(StateSnapshot snapshot, ServiceQuery query, string? instanceId, CallContext context)
    {
        scope.Check(context);
        RegistrationValidator.ThrowIfNoName(query.Service);
        BoundFilter<ServiceInstance>? filter = CatalogFilters.Bind(query);
        var explained = new SortedDictionary<RowKey, InstanceExplanation>();
        foreach (CatalogDeparture departure in snapshot.Scan(reader.Tables.DeparturesByService, CatalogKeys.Folded(query.Service)))
        {
            explained[new RowKey(departure.Node, departure.ServiceId)] = Explain(departure);
        }

        foreach (ServiceInstance instance in reader.ReadInstances(snapshot, CatalogKeys.Folded(query.Service)))
        {
            explained[new RowKey(instance.Node.Name, instance.Id)] = Explain(instance, query, filter);
        }

        InstanceExplanation[] instances = [.. explained.Values.Where(one => instanceId is null || one.ServiceId == instanceId)];
        ExplainedReason overall = Summarize(query, instanceId, explained.Count, instances);
        return new ServiceExplanation(query, overall.Reason, overall.Message, instances, snapshot.Position);
    }

    private static ExplainedReason Summarize(ServiceQuery query, string? instanceId, int known, InstanceExplanation[] instances)
    {
        if (known == 0)
        {
            return new ExplainedReason(
                ExplainReason.UnknownService, $"No instance of \"{query.Service}\" is in the catalog, nor has one left it lately.");
        }

        if (instances.Length == 0)
        {
            return new ExplainedReason(
                ExplainReason.UnknownInstance, $"\"{query.Service}\" has no instance \"{instanceId}\", nor has one left it lately.");
        }

        int returned = instances.Count(static one => one.IsReturned);
        string counted = string.Create(CultureInfo.InvariantCulture, $"{returned} of {instances.Length} instances are returned.");
        return returned > 0
            ? new ExplainedReason(ExplainReason.Returned, counted)
            : new ExplainedReason(instances[0].Reasons[0].Reason, $"{counted} {instances[0].Reasons[0].Message}");
    }

    private static InstanceExplanation Explain(CatalogDeparture departure)
    {
        (ExplainReason reason, string how) = departure.Reason switch
        {
            DepartureReason.CriticalTooLong =>
                (ExplainReason.DeregisteredCritical,
                    "was taken out because a check stayed critical for longer than DeregisterCriticalServiceAfter"),
            DepartureReason.AgentStopped => (ExplainReason.AgentStopped, "left with its agent, which stopped"),
            DepartureReason.NodeRemoved => (ExplainReason.NodeRemoved, "left with its node, which was removed"),
            DepartureReason.UnknownToAgent => (ExplainReason.UnknownToAgent, "was taken out because its agent no longer knew it"),
            DepartureReason.Renamed => (ExplainReason.Renamed, "left because its id was registered under another name"),
            _ => (ExplainReason.Deregistered, "was deregistered"),
        };
        string message = string.Create(
            CultureInfo.InvariantCulture, $"It {how}, at index {departure.Index} ({departure.WallTime:yyyy-MM-dd HH:mm:ss} UTC).");
        return new InstanceExplanation(
            departure.Node, departure.ServiceId, false, [new ExplainedReason(reason, message)], null, null, [], null);
    }

    private InstanceExplanation Explain(ServiceInstance instance, ServiceQuery query, BoundFilter<ServiceInstance>? filter)
    {
        List<ExplainedReason> reasons = Exclusions(instance, query, filter);
        bool isReturned = reasons.Count == 0;
        Invariant.Check(isReturned == CatalogQueries.Matches(instance, query, filter), "an explanation contradicts the query");
        if (isReturned)
        {
            reasons.Add(new ExplainedReason(ExplainReason.Returned, "Nothing excludes it."));
        }

        bool isOwn = localOwner is not null
            && string.Equals(instance.Service.Owner, localOwner.Name, StringComparison.OrdinalIgnoreCase);
        return new InstanceExplanation(
            instance.Node.Name,
            instance.Id,
            isReturned,
            reasons,
            instance,
            instance.Service.Owner,
            [.. instance.Checks.Select(check => new CheckExplanation(check, isOwn ? localOwner!.HistoryOf(check.CheckId) : []))],
            isOwn ? localOwner!.DeregisterAtOf(instance.Id) : null);
    }

    private static List<ExplainedReason> Exclusions(
        ServiceInstance instance, ServiceQuery query, BoundFilter<ServiceInstance>? filter)
    {
        var reasons = new List<ExplainedReason>();
        if (query.Health != HealthFilter.Any)
        {
            AddHealth(instance, query.Health, reasons);
        }

        foreach (string tag in query.Tags.Where(tag => !ServiceView.HasTag(instance, tag)))
        {
            reasons.Add(new ExplainedReason(ExplainReason.TagMissing, $"It lacks the tag \"{tag}\"."));
        }

        foreach (KeyValuePair<string, string> meta in query.NodeMeta.Where(meta => !CatalogQueries.HasMeta(instance.Node, [meta])))
        {
            reasons.Add(new ExplainedReason(
                ExplainReason.NodeMetaMissing, $"Its node lacks the metadata {meta.Key}={meta.Value}."));
        }

        if (filter is not null && !filter.Matches(instance))
        {
            reasons.Add(new ExplainedReason(ExplainReason.FilterRejected, $"The filter does not accept it: {query.Filter}"));
        }

        return reasons;
    }

    // Maintenance first: it is what somebody did on purpose. Then critical before warning.
    private static void AddHealth(ServiceInstance instance, HealthFilter health, List<ExplainedReason> reasons)
    {
        if (instance.Service.IsDraining)
        {
            reasons.Add(new ExplainedReason(ExplainReason.Draining, "It is being stopped."));
        }

        foreach (CatalogCheck check in instance.Checks
            .Where(check => check.Status == CheckStatus.Critical
                || (check.Status == CheckStatus.Warning && health == HealthFilter.Passing))
            .OrderBy(static check => ReasonOf(check) is ExplainReason.NodeMaintenance or ExplainReason.ServiceMaintenance ? 0 : 1)
            .ThenByDescending(static check => check.Status))
        {
            string status = CatalogFilters.StatusText(check.Status);
            ExplainReason reason = ReasonOf(check);

            // Who switched maintenance on says why in the notes; such a check has no output.
            bool isMaintenance = reason is ExplainReason.NodeMaintenance or ExplainReason.ServiceMaintenance;
            string why = isMaintenance && check.Output.Length == 0 ? check.Notes : check.Output;
            string told = why.Length > 0 ? $": {why}" : "";
            reasons.Add(new ExplainedReason(reason, $"Check \"{check.CheckId}\" is {status}{told}"));
        }
    }

    private static ExplainReason ReasonOf(CatalogCheck check) =>
        check.CheckId == NodeMaintenance ? ExplainReason.NodeMaintenance
        : check.CheckId.StartsWith(ServiceMaintenancePrefix, StringComparison.Ordinal) ? ExplainReason.ServiceMaintenance
        : check.ServiceId.Length == 0
            ? check.Status == CheckStatus.Critical ? ExplainReason.NodeCheckCritical : ExplainReason.NodeCheckWarning
            : check.Status == CheckStatus.Critical ? ExplainReason.CheckCritical : ExplainReason.CheckWarning;
}
