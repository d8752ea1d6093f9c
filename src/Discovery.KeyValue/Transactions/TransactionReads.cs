using Discovery.KeyValue;

namespace Discovery.Transactions;

/// <summary>Carries out the steps of a transaction that only read.</summary>
internal sealed class TransactionReads(KeyValueTables keys, CatalogState catalog)
{
    /// <summary>Carries out one step.</summary>
    /// <returns>Null when it succeeded.</returns>
    public TransactionFailure? Run(ITransactionState state, TransactionOperation operation, int place, List<TransactionItem> items) =>
        operation switch
        {
            KeyValueOperation step => Run(state, step, place, items),
            FenceOperation { Fence: var fence } => IsHeld(state, fence)
                ? null
                : new TransactionFailure(place, TransactionRefusal.FenceStale),
            NodeOperation { Node: var node } => Add(items, Find(state, node), place, static (item, row) => item with { Node = row }),
            ServiceOperation { Service: var service } => Add(
                items,
                state.Get(catalog.Services, CatalogState.KeyOnNode(service.Node, service.Id)),
                place,
                static (item, row) => item with { Service = row }),
            CheckOperation { Check: var check } => Add(
                items,
                state.Get(catalog.Checks, CatalogState.KeyOnNode(check.Node, check.CheckId)),
                place,
                static (item, row) => item with { Check = row }),
            _ => throw new InvariantViolationException($"a transaction has a step of kind {operation.GetType().Name}"),
        };

    /// <summary>Finds the node that a step names: by its id when it has one, else by its name.</summary>
    public CatalogNode? Find(ITransactionState state, CatalogNode named) => named.Id != Guid.Empty
        ? state.FindNode(catalog, named.Id)
        : state.Get(catalog.Nodes, CatalogState.NodeKey(named.Name));

    private static TransactionFailure? Add<TRow>(
        List<TransactionItem> items, TRow? row, int place, Func<TransactionItem, TRow, TransactionItem> with)
        where TRow : class
    {
        if (row is null)
        {
            return new TransactionFailure(place, TransactionRefusal.NotFound);
        }

        items.Add(with(new TransactionItem(place), row));
        return null;
    }

    private TransactionFailure? Run(ITransactionState state, KeyValueOperation step, int place, List<TransactionItem> items)
    {
        if (step.Verb == KeyValueVerb.GetTree)
        {
            foreach (KeyValueEntry found in state.Scan(keys.Entries, step.Key.Array))
            {
                items.Add(new TransactionItem(place) { Entry = found });
            }

            return null;
        }

        KeyValueEntry? entry = state.Get(keys.Entries, step.Key.Array);
        switch (step.Verb)
        {
            case KeyValueVerb.CheckNotExists:
                return entry is null ? null : new TransactionFailure(place, TransactionRefusal.Exists);
            case KeyValueVerb.CheckIndex when entry is not null && entry.ModifyIndex != step.Index:
                return new TransactionFailure(place, TransactionRefusal.IndexMismatch) { CurrentIndex = entry.ModifyIndex };
            case KeyValueVerb.CheckSession when entry is not null && entry.Session != step.Session:
                return new TransactionFailure(place, TransactionRefusal.SessionMismatch) { CurrentSession = entry.Session };
            case KeyValueVerb.Get or KeyValueVerb.CheckIndex or KeyValueVerb.CheckSession:
                return Add(items, entry, place, static (item, row) => item with { Entry = row });
            default:
                throw new InvariantViolationException($"step {step.Verb} does not only read");
        }
    }

    private bool IsHeld(ITransactionState state, LockFence fence) => fence.Lineage == state.Lineage
        && state.Get(keys.Entries, fence.Key.Array) is { IsHeld: true } entry
        && entry.AcquireIndex == fence.AcquireIndex;
}
