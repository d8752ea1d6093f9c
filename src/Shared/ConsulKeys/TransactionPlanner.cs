using Discovery.Wire;

namespace Discovery.Consul;

/// <summary>Makes plans out of bodies, with Consul's rules. Pure.</summary>
internal static class TransactionPlanner
{
    public static TransactionPlan Make(IEnumerable<TransactionBody?> bodies, string datacenter)
    {
        var plan = new TransactionPlan();
        foreach (TransactionBody? body in bodies)
        {
            switch (body)
            {
                case { KeyValue: { } operation }:
                    Plan(plan, body, operation);
                    break;
                case { Node: { } operation }:
                    CatalogPlanner.Plan(plan, body, operation, datacenter);
                    break;
                case { Service: { } operation }:
                    CatalogPlanner.Plan(plan, body, operation);
                    break;
                case { Check: { } operation }:
                    CatalogPlanner.Plan(plan, body, operation);
                    break;
                default:
                    break;
            }
        }

        return plan;
    }

    private static void Plan(TransactionPlan plan, TransactionBody body, KeyValueOperationBody operation)
    {
        KeyValueVerb? verb = operation.Verb switch
        {
            "set" => KeyValueVerb.Set,
            "cas" => KeyValueVerb.Cas,
            "lock" => KeyValueVerb.Lock,
            "unlock" => KeyValueVerb.Unlock,
            "get" => KeyValueVerb.Get,
            "get-tree" => KeyValueVerb.GetTree,
            "check-index" => KeyValueVerb.CheckIndex,
            "check-session" => KeyValueVerb.CheckSession,
            "check-not-exists" => KeyValueVerb.CheckNotExists,
            "delete" => KeyValueVerb.Delete,
            "delete-tree" => KeyValueVerb.DeleteTree,
            "delete-cas" => KeyValueVerb.DeleteCas,
            _ => null,
        };
        KeyValueOperation? step = verb is { } known
            ? new KeyValueOperation(known, operation.Key)
            {
                Value = operation.Value,
                Flags = operation.Flags,
                Index = operation.Index,
                Session = SessionIds.Read(operation.Session),
            }
            : null;
        plan.Begin(body, step is { IsRead: false });
        if (operation.Key.Length == 0 && verb != KeyValueVerb.DeleteTree)
        {
            plan.Refuse("Must provide key");
        }
        else if (step is not null)
        {
            plan.Add(step);
        }
        else
        {
            plan.Fail($"unknown KV verb {GoQuote.Quote(operation.Verb)}");
        }
    }
}
