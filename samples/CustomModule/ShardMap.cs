using System.Runtime.CompilerServices;
using Discovery;

namespace CustomModule;

/// <summary>The facade over the module: all that the app sees of it.</summary>
internal sealed class ShardMap(ShardModule module, CommandClient commands, StateMachine state, StateQueries queries)
{
    /// <summary>This node's own state, at once.</summary>
    public Shard? Find(string shard) => state.Current.Get(module.Shards, StateKey.Of(shard));

    /// <summary>Proposes; what is wrong with the input is told here, what the state is against comes back as a value.</summary>
    public async ValueTask<ShardAnswer> AssignAsync(
        string shard, string worker, ulong? expectedVersion = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(shard);
        ArgumentException.ThrowIfNullOrEmpty(worker);
        var assignment = new ShardAssignment(shard, worker, expectedVersion);
        return (await commands.ExecuteAsync(module.Assign, assignment, cancellationToken: cancellationToken)).Value;
    }

    /// <summary>The names of a worker's shards; with the index of the last reply, waits until they are others.</summary>
    public ValueTask<QueryReply<string>> QueryAsync(
        string worker, ulong afterIndex = 0, CancellationToken cancellationToken = default)
    {
        byte[] key = StateKey.Of(worker);
        return queries.QueryAsync(
            (snapshot, topics) =>
            {
                topics.Add(StateTopic.ForKey(module.Workers, key));
                return string.Join(' ', snapshot.Scan(module.ByWorker, key).ToList().Select(static shard => shard.Name));
            },
            options: new QueryOptions { AfterIndex = afterIndex },
            cancellationToken: cancellationToken);
    }

    /// <summary>Every assignment with the shard before and after it: first those there are, then each as it comes.</summary>
    /// <remarks>Who falls so far behind that the past is forgotten gets everything there is again, without an old one.</remarks>
    public async IAsyncEnumerable<StateRowChange<Shard>> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (StateUpdate update in queries.FollowAsync(StateTopic.ForTable(module.Shards), null, cancellationToken))
        {
            if (update.Changes is not { } set)
            {
                foreach (Shard shard in update.Snapshot.Scan(module.Shards))
                {
                    yield return new StateRowChange<Shard>(null, shard);
                }

                continue;
            }

            foreach (StateChange change in set.Changes)
            {
                if (change.Is(module.Shards, out StateRowChange<Shard> row))
                {
                    yield return row;
                }
            }
        }
    }
}
