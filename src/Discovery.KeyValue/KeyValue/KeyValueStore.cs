using System.Runtime.CompilerServices;
using System.Text;
using Discovery.Transactions;
using Microsoft.Extensions.Options;

namespace Discovery.KeyValue;

/// <summary>The facade of the store.</summary>
internal sealed class KeyValueStore(
    KeyValueModule module,
    StateMachine state,
    CommandClient client,
    StateQueries queries,
    KeyValueWatcher watcher,
    KeyValueScope scope) : IKeyValueStore
{
    private const int StackBytes = 256;

    public KeyValueEntry? Get(KeyValueKey key) => state.Current.Get(module.Keys.Entries, key.Array);

    [SkipLocalsInit]
    public KeyValueEntry? Find(ReadOnlySpan<char> key)
    {
        // Twice the letters is enough room for almost every text; what does not fit takes the long way.
        Span<byte> bytes = stackalloc byte[StackBytes];
        return key.Length <= StackBytes && Encoding.UTF8.TryGetBytes(key, bytes, out int written)
            ? state.Current.Get(module.Keys.Entries, bytes[..written])
            : Get(new KeyValueKey(key.ToString()));
    }

    public IReadOnlyList<KeyValueEntry> List(KeyValueKey prefix = default) =>
        state.Current.Scan(module.Keys.Entries, prefix.Array).ToList();

    public ValueTask<QueryReply<KeyValueEntry?>> QueryAsync(
        KeyValueKey key, QueryOptions? options = null, CancellationToken cancellationToken = default)
    {
        scope.Check(options?.Context);
        scope.Validator.CheckKey(key);
        return queries.QueryAsync(
            KeyValueQueries.Entry(module.Keys, key), KeyValueQueries.SameEntry, options, cancellationToken);
    }

    public ValueTask<QueryReply<IReadOnlyList<KeyValueEntry>>> QueryListAsync(
        KeyValueKey prefix, QueryOptions? options = null, CancellationToken cancellationToken = default)
    {
        scope.Check(options?.Context);
        scope.Validator.CheckPrefix(prefix);
        return queries.QueryAsync(KeyValueQueries.Tree(module.Keys, prefix), KeyValueQueries.SameList, options, cancellationToken);
    }

    public ValueTask<QueryReply<IReadOnlyList<KeyValueKey>>> QueryKeysAsync(
        KeyValueKey prefix, KeyValueKey separator = default, QueryOptions? options = null, CancellationToken cancellationToken = default)
    {
        scope.Check(options?.Context);
        scope.Validator.CheckPrefix(prefix);
        return queries.QueryAsync(
            KeyValueQueries.Keys(module.Keys, prefix, separator), KeyValueQueries.SameKeys, options, cancellationToken);
    }

    public ValueTask<KeyValueResult> PutAsync(
        KeyValueKey key,
        ReadOnlyMemory<byte> value,
        KeyValuePut? put = null,
        CallContext? context = null,
        CancellationToken cancellationToken = default)
    {
        put ??= KeyValuePut.Default;
        KeyValueValidator.Check(put);
        KeyValueVerb verb = put switch
        {
            { CompareIndex: not null } => KeyValueVerb.Cas,
            { Acquire: not null } => KeyValueVerb.Lock,
            { Release: not null } => KeyValueVerb.Unlock,
            _ => KeyValueVerb.Set,
        };
        var step = new KeyValueOperation(verb, key)
        {
            Value = value,
            Flags = put.Flags,
            Index = put.CompareIndex ?? 0,
            Session = put.Acquire ?? put.Release ?? Guid.Empty,
            TimeToLive = put.TimeToLive,
        };
        return WriteAsync(step, put.Fence, context, cancellationToken);
    }

    public ValueTask<KeyValueResult> DeleteAsync(
        KeyValueKey key, KeyValueDelete? delete = null, CallContext? context = null, CancellationToken cancellationToken = default)
    {
        var step = new KeyValueOperation(delete?.CompareIndex is null ? KeyValueVerb.Delete : KeyValueVerb.DeleteCas, key)
        {
            Index = delete?.CompareIndex ?? 0,
        };
        return WriteAsync(step, delete?.Fence, context, cancellationToken);
    }

    public ValueTask<KeyValueResult> DeleteTreeAsync(
        KeyValueKey prefix, CallContext? context = null, CancellationToken cancellationToken = default) =>
        WriteAsync(new KeyValueOperation(KeyValueVerb.DeleteTree, prefix), null, context, cancellationToken);

    public async ValueTask<TransactionResult> TransactAsync(
        IReadOnlyList<TransactionOperation> operations,
        TransactionOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(operations);
        options ??= TransactionOptions.Default;
        scope.Check(options.Context);
        scope.Validator.Check(operations);
        if (operations.All(static operation => operation.IsRead))
        {
            return await ReadAsync(operations, options, cancellationToken);
        }

        CommandResult<TransactionAnswer> result = await client.ExecuteAsync(
            module.Transact, new TransactionCommand(operations, options.ReturnsWritten), options.Context, cancellationToken);
        return new TransactionResult(result.Index, result.Value.Items, result.Value.Failures);
    }

    public IAsyncEnumerable<KeyValueChange> WatchAsync(
        KeyValueKey prefix, StatePosition? after = null, CancellationToken cancellationToken = default)
    {
        scope.Validator.CheckPrefix(prefix);
        return watcher.WatchAsync(prefix, after, cancellationToken);
    }

    public KeyValueHistory GetHistory(KeyValueKey key)
    {
        scope.Validator.CheckKey(key);
        return watcher.GetHistory(key);
    }

    private async ValueTask<TransactionResult> ReadAsync(
        IReadOnlyList<TransactionOperation> operations, TransactionOptions options, CancellationToken cancellationToken)
    {
        QueryReply<(ulong Index, List<TransactionItem> Items, List<TransactionFailure> Failures)> reply = await queries.QueryAsync(
            (snapshot, _) =>
            {
                var items = new List<TransactionItem>();
                var failures = new List<TransactionFailure>();
                var read = new SnapshotState(snapshot);
                for (int i = 0; i < operations.Count; i++)
                {
                    if (module.Reads.Run(read, operations[i], i, items) is { } failure)
                    {
                        failures.Add(failure);
                    }
                }

                return (snapshot.Index, items, failures);
            },
            options: new QueryOptions { Context = options.Context, Consistency = options.Consistency },
            cancellationToken: cancellationToken);
        return new TransactionResult(
            reply.Body.Index, reply.Body.Failures.Count == 0 ? reply.Body.Items : [], reply.Body.Failures);
    }

    private async ValueTask<KeyValueResult> WriteAsync(
        KeyValueOperation step, LockFence? fence, CallContext? context, CancellationToken cancellationToken)
    {
        var options = new TransactionOptions { Context = context ?? CallContext.Local };
        TransactionOperation[] steps = fence is { } held ? [new FenceOperation(held), step] : [step];
        TransactionResult result = await TransactAsync(steps, options, cancellationToken);
        return new KeyValueResult(result.Index, result.IsApplied ? null : result.Failures[0].Refusal);
    }
}
