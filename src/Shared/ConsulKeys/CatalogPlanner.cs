using Discovery.Wire;

namespace Discovery.Consul;

/// <summary>The operations on the catalog inside a plan. Pure.</summary>
internal static class CatalogPlanner
{
    private const int WeightMax = 65535;
    private const string NodeMissing = "Missing node registration";

    public static void Plan(TransactionPlan plan, TransactionBody body, NodeOperationBody operation, string datacenter)
    {
        NodeRowBody row = operation.Node;
        CatalogVerb? verb = VerbOf(operation.Verb);
        plan.Begin(body, verb != CatalogVerb.Get);
        string? trouble = CatalogBodies.TroubleOfId(row.Id);
        if (verb != CatalogVerb.Get && (row.Node.Length == 0 || trouble is not null))
        {
            plan.Refuse(row.Node.Length == 0 ? "Must provide node" : $"Bad node ID: {trouble}");
        }
        else if (trouble is not null)
        {
            plan.Fail($"node lookup by ID failed, wrong UUID: {trouble} for '{row.Id}'");
        }
        else if (verb is not { } known)
        {
            plan.Fail($"unknown Node verb {GoQuote.Quote(operation.Verb)}");
        }
        else if (row.Node.Length == 0 && row.Id.Length == 0)
        {
            plan.Fail("node \"\" doesn't exist");
        }
        else
        {
            plan.Add(new NodeOperation(known, new CatalogNode
            {
                Name = row.Node,
                Id = row.Id.Length == 0 ? Guid.Empty : Guid.ParseExact(row.Id, "D"),
                Address = row.Address,
                Datacenter = row.Datacenter.Length == 0 ? datacenter : row.Datacenter,
                TaggedAddresses = Sorted(row.TaggedAddresses),
                Meta = Sorted(row.Meta),
                ModifyIndex = row.ModifyIndex,
            }));
        }
    }

    public static void Plan(TransactionPlan plan, TransactionBody body, ServiceOperationBody operation)
    {
        ServiceRowBody row = operation.Service;
        CatalogVerb? verb = VerbOf(operation.Verb);
        plan.Begin(body, verb != CatalogVerb.Get);
        if (verb != CatalogVerb.Get)
        {
            if (row.Id.Length > 0 && row.Service.Length == 0)
            {
                plan.Refuse("Must provide service name with ID");
                return;
            }

            if (row.Address is "0.0.0.0" or "::" or "[::]")
            {
                plan.Refuse("Invalid service address");
                return;
            }

            row.Id = row.Id.Length == 0 ? row.Service : row.Id;
        }

        switch (verb)
        {
            case null:
                plan.Fail($"unknown Service verb {GoQuote.Quote(operation.Verb)}");
                break;
            case CatalogVerb.Set or CatalogVerb.Cas when ServiceMeta.Trouble(operation.Node, row.Id, row.Meta) is { } trouble:
                plan.Fail(trouble);
                break;
            default:
                PlanRow(plan, verb.Value, operation.Node, row.Id, "service", () => new ServiceOperation(verb.Value, ToRow(operation)));
                break;
        }
    }

    public static void Plan(TransactionPlan plan, TransactionBody body, CheckOperationBody operation)
    {
        CheckRowBody row = operation.Check;
        CatalogVerb? verb = VerbOf(operation.Verb);
        plan.Begin(body, verb != CatalogVerb.Get);
        if (verb is not { } known)
        {
            plan.Fail($"unknown Check verb {GoQuote.Quote(operation.Verb)}");
            return;
        }

        row.CheckId = row.CheckId.Length == 0 && known != CatalogVerb.Get ? row.Name : row.CheckId;
        PlanRow(plan, known, row.Node, row.CheckId, "check", () => new CheckOperation(known, ToRow(row)));
    }

    // What lacks its node or its id is no row: it is not there to be read, and deleting it does nothing.
    private static void PlanRow(
        TransactionPlan plan, CatalogVerb verb, string node, string id, string kind, Func<TransactionOperation> make)
    {
        if (node.Length > 0 && id.Length > 0)
        {
            plan.Add(make());
            return;
        }

        switch (verb)
        {
            case CatalogVerb.Get:
                plan.Fail($"{kind} {GoQuote.Quote(id)} on node {GoQuote.Quote(node)} doesn't exist");
                break;
            case CatalogVerb.Delete:
                break;
            case CatalogVerb.DeleteCas:
                plan.Fail($"failed to delete {kind} {GoQuote.Quote(id)} on node {GoQuote.Quote(node)}, index is stale");
                break;
            default:
                if (node.Length == 0)
                {
                    plan.Fail(NodeMissing);
                    break;
                }

                plan.Add(new NodeOperation(CatalogVerb.Get, new CatalogNode { Name = node, Address = "", Datacenter = "" }));
                plan.Fail($"failed inserting {kind}: object missing primary index");
                break;
        }
    }

    private static CatalogVerb? VerbOf(string verb) => verb switch
    {
        "get" => CatalogVerb.Get,
        "set" => CatalogVerb.Set,
        "cas" => CatalogVerb.Cas,
        "delete" => CatalogVerb.Delete,
        "delete-cas" => CatalogVerb.DeleteCas,
        _ => null,
    };

    private static CatalogService ToRow(ServiceOperationBody operation)
    {
        ServiceRowBody row = operation.Service;
        (long passing, long warning) = (row.Weights.Passing, row.Weights.Warning);
        return new CatalogService
        {
            Node = operation.Node,
            Id = row.Id,
            Name = row.Service,
            Tags = row.Tags ?? [],
            Address = row.Address,
            Port = (int)Math.Clamp(row.Port, int.MinValue, int.MaxValue),
            TaggedAddresses = CatalogBodies.ToAddresses(row.TaggedAddresses),
            Meta = Sorted(row.Meta),
            Weights = passing is < 1 or > WeightMax || warning is < 0 or > WeightMax
                ? ServiceWeights.Default
                : new ServiceWeights((int)passing, (int)warning),
            EnableTagOverride = row.EnableTagOverride,
            ModifyIndex = row.ModifyIndex,
        };
    }

    private static CatalogCheck ToRow(CheckRowBody row) => new()
    {
        Node = row.Node,
        CheckId = row.CheckId,
        Name = row.Name,
        Status = CatalogBodies.ToStatus(row.Status),
        Notes = row.Notes,
        Output = row.Output,
        ServiceId = row.ServiceId,
        Definition = CatalogBodies.ToDefinition(new CatalogCheckDefinition
        {
            Http = row.Definition.Http,
            Tcp = row.Definition.Tcp,
            Method = row.Definition.Method,
            Body = row.Definition.Body,
            TlsSkipVerify = row.Definition.TlsSkipVerify,
            Interval = row.Definition.Interval ?? TimeSpan.Zero,
            Timeout = row.Definition.Timeout ?? TimeSpan.Zero,
            DeregisterCriticalServiceAfter = row.Definition.DeregisterCriticalServiceAfter ?? TimeSpan.Zero,
            Header = CatalogBodies.ToHeader(row.Definition.Header),
        }),
        ModifyIndex = row.ModifyIndex,
    };

    private static SortedDictionary<string, string> Sorted(Dictionary<string, string>? map) => new(map ?? [], StringComparer.Ordinal);
}
