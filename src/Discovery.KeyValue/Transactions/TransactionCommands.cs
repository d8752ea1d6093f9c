using Discovery.KeyValue;
using Discovery.Locks;

namespace Discovery.Transactions;

/// <summary>Applies transactions: all steps or none. Pure.</summary>
internal sealed class TransactionCommands(
    KeyValueCommands keys, LockCommands locks, CatalogState catalog, TransactionReads reads)
{
    public TransactionAnswer Apply(StateTransaction transaction, TransactionCommand command)
    {
        var items = new List<TransactionItem>();
        var failures = new List<TransactionFailure>();
        var state = new CommandState(transaction);
        for (int i = 0; i < command.Operations.Count; i++)
        {
            TransactionOperation operation = command.Operations[i];
            TransactionFailure? failure = operation.IsRead
                ? reads.Run(state, operation, i, items)
                : Write(transaction, state, operation, i, command.ReturnsWritten ? items : null);
            if (failure is not null)
            {
                failures.Add(failure);
            }
            else if (operation is FenceOperation { Fence: var fence })
            {
                state.Carry(fence);
            }
        }

        if (failures.Count == 0)
        {
            return items.Count == 0 ? TransactionAnswer.Empty : new TransactionAnswer(items, []);
        }

        transaction.Revert();
        return new TransactionAnswer([], failures);
    }

    private TransactionFailure? Write(
        StateTransaction transaction, CommandState state, TransactionOperation operation, int place, List<TransactionItem>? items)
    {
        if (operation is KeyValueOperation key)
        {
            return Write(transaction, state, key, place, items);
        }

        TransactionFailure? failure = operation switch
        {
            NodeOperation step => Write(transaction, state, step, place, items),
            ServiceOperation step => Write(transaction, step, place, items),
            CheckOperation step => Write(transaction, step, place, items),
            _ => throw new InvariantViolationException($"a transaction has a step of kind {operation.GetType().Name}"),
        };

        // The sessions that end with a row of the catalog have ended for the next step, as in Consul.
        transaction.React();
        return failure;
    }

    private TransactionFailure? Write(
        StateTransaction transaction, CommandState state, KeyValueOperation step, int place, List<TransactionItem>? items)
    {
        byte[] key = step.Key.Array;
        KeyValueEntry? current = step.Verb == KeyValueVerb.DeleteTree ? null : keys.Find(transaction, key);
        TransactionRefusal? refusal = null;
        KeyValueEntry? written = null;
        switch (step.Verb)
        {
            case KeyValueVerb.Cas when !IsAt(current, step.Index):
            case KeyValueVerb.DeleteCas when current is not null && current.ModifyIndex != step.Index:
                refusal = TransactionRefusal.IndexStale;
                break;
            case KeyValueVerb.Set or KeyValueVerb.Cas:
                written = keys.Set(transaction, key, ToArray(step.Value), step.Flags, step.TimeToLive);
                break;
            case KeyValueVerb.Lock:
                locks.GrantDue(transaction, key);
                refusal = keys.Lock(transaction, key, ToArray(step.Value), step.Flags, step.Session, out written);
                break;
            case KeyValueVerb.Unlock:
                refusal = keys.Unlock(
                    transaction, key, ToArray(step.Value), step.Flags, step.Session, state.FencedIndex(step.Key), out written);
                break;
            case KeyValueVerb.Delete or KeyValueVerb.DeleteCas:
                if (current is not null)
                {
                    keys.Delete(transaction, current);
                }

                break;
            case KeyValueVerb.DeleteTree:
                keys.DeleteTree(transaction, key);
                break;
            default:
                throw new InvariantViolationException($"step {step.Verb} does not write");
        }

        if (written is not null)
        {
            items?.Add(new TransactionItem(place) { Entry = WithoutValue(written) });
        }

        return refusal is { } why ? new TransactionFailure(place, why) : null;
    }

    private TransactionFailure? Write(
        StateTransaction transaction, CommandState state, NodeOperation step, int place, List<TransactionItem>? items)
    {
        CatalogNode? current = reads.Find(state, step.Node);
        if (Stale(step.Verb, current?.ModifyIndex, step.Node.ModifyIndex, place) is { } stale)
        {
            return stale;
        }

        if (step.Verb is CatalogVerb.Delete or CatalogVerb.DeleteCas)
        {
            if (current is not null)
            {
                catalog.DeleteNode(transaction, current.Name);
            }

            return null;
        }

        if (catalog.Put(transaction, step.Node) is { } refused)
        {
            return new TransactionFailure(place, TransactionRefusal.Catalog) { Catalog = refused };
        }

        items?.Add(new TransactionItem(place) { Node = transaction.Get(catalog.Nodes, CatalogState.NodeKey(step.Node.Name)) });
        return null;
    }

    private TransactionFailure? Write(StateTransaction transaction, ServiceOperation step, int place, List<TransactionItem>? items)
    {
        byte[] key = CatalogState.KeyOnNode(step.Service.Node, step.Service.Id);
        if (Stale(step.Verb, transaction.Get(catalog.Services, key)?.ModifyIndex, step.Service.ModifyIndex, place) is { } stale)
        {
            return stale;
        }

        if (step.Verb is CatalogVerb.Delete or CatalogVerb.DeleteCas)
        {
            catalog.DeleteService(transaction, step.Service.Node, step.Service.Id);
            return null;
        }

        if (catalog.Put(transaction, step.Service) is { } refused)
        {
            return new TransactionFailure(place, TransactionRefusal.Catalog) { Catalog = refused };
        }

        items?.Add(new TransactionItem(place) { Service = transaction.Get(catalog.Services, key) });
        return null;
    }

    private TransactionFailure? Write(StateTransaction transaction, CheckOperation step, int place, List<TransactionItem>? items)
    {
        byte[] key = CatalogState.KeyOnNode(step.Check.Node, step.Check.CheckId);
        if (Stale(step.Verb, transaction.Get(catalog.Checks, key)?.ModifyIndex, step.Check.ModifyIndex, place) is { } stale)
        {
            return stale;
        }

        if (step.Verb is CatalogVerb.Delete or CatalogVerb.DeleteCas)
        {
            catalog.DeleteCheck(transaction, step.Check.Node, step.Check.CheckId);
            return null;
        }

        if (catalog.Put(transaction, step.Check) is { } refused)
        {
            return new TransactionFailure(place, TransactionRefusal.Catalog) { Catalog = refused };
        }

        items?.Add(new TransactionItem(place) { Check = transaction.Get(catalog.Checks, key) });
        return null;
    }

    private static TransactionFailure? Stale(CatalogVerb verb, ulong? current, ulong compared, int place)
    {
        bool isStale = verb is CatalogVerb.Cas or CatalogVerb.DeleteCas && (current ?? 0) != compared;
        return isStale ? new TransactionFailure(place, TransactionRefusal.IndexStale) : null;
    }

    private static bool IsAt(KeyValueEntry? entry, ulong index) => (entry?.ModifyIndex ?? 0) == index;

    private static KeyValueEntry WithoutValue(KeyValueEntry entry) =>
        new(entry.KeyArray, [], entry.Flags, entry.CreateIndex, entry.ModifyIndex, entry.Traits);

    // A command's own bytes: its decoder has copied them.
    private static byte[] ToArray(ReadOnlyMemory<byte> value) =>
        System.Runtime.InteropServices.MemoryMarshal.TryGetArray(value, out ArraySegment<byte> segment)
            && segment.Offset == 0 && segment.Count == segment.Array!.Length ? segment.Array : value.ToArray();
}
