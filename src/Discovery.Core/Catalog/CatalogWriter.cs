namespace Discovery.Catalog;

/// <summary>Turns registrations into commands: validates, makes the rows, proposes, and tells refusals as exceptions.</summary>
internal sealed class CatalogWriter(CatalogModule module, CommandClient client, CallScope scope, ILocalOwner? localOwner)
{
    public async ValueTask<ulong> RegisterAsync(
        CatalogRegistration registration, CallContext context, CancellationToken cancellationToken)
    {
        scope.Check(context);
        bool isConsul = registration.Ownership == CatalogOwnership.Consul;
        Check(registration, isConsul);
        var command = new RegisterCommand
        {
            Node = new CatalogNode
            {
                Name = registration.Node,
                Id = registration.NodeId,
                Address = registration.Address ?? "",
                Datacenter = scope.Datacenter,
                TaggedAddresses = StringMap.From(registration.TaggedAddresses),
                Meta = StringMap.From(registration.NodeMeta),
            },
            SkipNodeUpdate = registration.SkipNodeUpdate,
            Service = registration.Service is { } service ? ToRow(service, registration.Node, isConsul) : null,
            Checks = ToRows(registration.Checks, registration.Node),
            EnforceOwnership = !isConsul,
            ByConsulRules = isConsul,
        };
        CommandResult<CatalogWriteResult> result = await client.ExecuteAsync(module.Register, command, context, cancellationToken);
        ThrowIfRefused(result.Value);
        return result.Index;
    }

    public async ValueTask<ulong> DeregisterAsync(
        CatalogDeregistration deregistration, CallContext context, CancellationToken cancellationToken)
    {
        scope.Check(context);
        Check(deregistration);
        var command = new DeregisterCommand
        {
            Node = deregistration.Node,
            ServiceId = deregistration.ServiceId ?? "",
            CheckId = deregistration.CheckId ?? "",
            EnforceOwnership = deregistration.Ownership == CatalogOwnership.Enforced,
        };
        CommandResult<CatalogWriteResult> result = await client.ExecuteAsync(module.Deregister, command, context, cancellationToken);
        if (result.Value.Status == CatalogWriteStatus.OwnedByOther
            && localOwner is not null
            && string.Equals(result.Value.Subject, localOwner.Name, StringComparison.OrdinalIgnoreCase)
            && await localOwner.DeregisterAsync(deregistration.ServiceId, deregistration.CheckId, context, cancellationToken))
        {
            return client.AppliedIndex;
        }

        ThrowIfRefused(result.Value);
        return result.Index;
    }

    public static CatalogService ToRow(ServiceRegistration service, string node, bool isConsul = false) => new()
    {
        Node = node,
        Id = string.IsNullOrEmpty(service.Id) ? service.Name : service.Id,
        Name = service.Name,
        Tags = [.. service.Tags.Select(static tag => tag ?? "")],
        Address = service.Address ?? "",
        Port = service.Port,
        Meta = StringMap.From(service.Meta),
        TaggedAddresses = [.. service.TaggedAddresses.OrderBy(static pair => pair.Key, StringComparer.Ordinal)],
        Weights = isConsul
            ? ConsulRules.Weights(service.PassingWeight, service.WarningWeight)
            : new ServiceWeights(service.PassingWeight, service.WarningWeight),
        EnableTagOverride = service.EnableTagOverride,
    };

    // Of a check that is given twice the last counts, so that the same registration again changes nothing.
    private static List<CatalogCheck> ToRows(IList<CatalogCheckRegistration> checks, string node)
    {
        var rows = new List<CatalogCheck>(checks.Count);
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (CatalogCheckRegistration check in checks)
        {
            CatalogCheck row = ToRow(check, node);
            if (places.TryAdd(row.CheckId, rows.Count))
            {
                rows.Add(row);
            }
            else
            {
                rows[places[row.CheckId]] = row;
            }
        }

        return rows;
    }

    private static CatalogCheck ToRow(CatalogCheckRegistration check, string node) => new()
    {
        Node = node,
        CheckId = string.IsNullOrEmpty(check.CheckId) ? check.Name : check.CheckId,
        Name = check.Name ?? "",
        Status = check.Status,
        Notes = check.Notes ?? "",
        Output = check.Output ?? "",
        ServiceId = check.ServiceId ?? "",
        Type = check.Type ?? "",
        Definition = check.Definition is { } definition ? Complete(definition) : null,
    };

    private static void Check(CatalogRegistration registration, bool isConsul)
    {
        if (isConsul)
        {
            ConsulRules.Check(registration);
            return;
        }

        var failures = new List<string>();
        RegistrationValidator.CheckRegistration(registration, failures);
        RegistrationValidator.ThrowIfInvalid("The registration", failures);
    }

    private static void Check(CatalogDeregistration deregistration)
    {
        if (deregistration.Ownership == CatalogOwnership.Consul)
        {
            ConsulRules.Check(deregistration);
            return;
        }

        var failures = new List<string>();
        RegistrationValidator.CheckDeregistration(deregistration, failures);
        RegistrationValidator.ThrowIfInvalid("The deregistration", failures);
    }

    // Whoever gave null meant nothing.
    private static CatalogCheckDefinition Complete(CatalogCheckDefinition definition) => definition with
    {
        Http = definition.Http ?? "",
        Tcp = definition.Tcp ?? "",
        Method = definition.Method ?? "",
        Body = definition.Body ?? "",
        Header = [.. (definition.Header ?? []).Select(static pair => new KeyValuePair<string, IReadOnlyList<string>>(
            pair.Key ?? "", [.. (pair.Value ?? []).Select(static value => value ?? "")]))],
    };

    private static void ThrowIfRefused(CatalogWriteResult result)
    {
        switch (result.Status)
        {
            case CatalogWriteStatus.Ok:
                return;
            case CatalogWriteStatus.OwnedByOther:
                throw new CatalogRefusedException(
                    CatalogRefusal.OwnedByOther,
                    result.Subject,
                    $"The entry is kept by the agent of node \"{result.Subject}\": write it there, or that agent would undo it.");
            case CatalogWriteStatus.NodeNameReserved:
                throw new CatalogRefusedException(
                    CatalogRefusal.NodeNameReserved,
                    result.Subject,
                    $"The node's name is reserved by the node with id {result.Subject}, which is alive.");
            case CatalogWriteStatus.NodeMissing:
                throw new CatalogRefusedException(
                    CatalogRefusal.NodeNotFound,
                    result.Subject,
                    $"Node \"{result.Subject}\" is not in the catalog, and SkipNodeUpdate leaves it out.");
            case CatalogWriteStatus.ServiceMissing:
                throw new CatalogRefusedException(
                    CatalogRefusal.ServiceNotOnNode,
                    result.Subject,
                    $"A check names service \"{result.Subject}\", which is not on the node.");
            default:
                throw new InvariantViolationException($"The catalog answered {result.Status}, which this code does not know.");
        }
    }
}
