using System.Runtime.CompilerServices;

namespace Discovery.KeyValue;

/// <summary>Follows prefixes, and tells the past of a key. Has no queue: a watch that nobody reads costs nothing.</summary>
internal sealed class KeyValueWatcher(KeyValueModule module, StateMachine state, StateQueries queries)
{
    public async IAsyncEnumerable<KeyValueChange> WatchAsync(
        KeyValueKey prefix, StatePosition? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        KeyValueChangeKind begin = after is null ? KeyValueChangeKind.Initial : KeyValueChangeKind.Resync;
        StateTopic topic = StateTopic.ForPrefix(module.Keys.Keys, prefix.Array);
        await foreach (StateUpdate update in queries.FollowAsync(topic, after, cancellationToken))
        {
            yield return update.Changes is { } set
                ? new KeyValueChange(KeyValueChangeKind.Delta, update.Position, Deltas(set, prefix), [])
                : new KeyValueChange(begin, update.Position, [], update.Snapshot.Scan(module.Keys.Entries, prefix.Array).ToList());
            begin = KeyValueChangeKind.Resync;
        }
    }

    public KeyValueHistory GetHistory(KeyValueKey key)
    {
        StateTopic topic = StateTopic.ForKey(module.Keys.Keys, key.Array);
        StateSnapshot snapshot = state.Current;
        var sets = new List<StateChangeSet>();
        bool isComplete = state.TryReadChanges(topic, new StatePosition(snapshot.Lineage, 0), snapshot, sets);
        if (!isComplete)
        {
            // Some of it is gone. Where that which is left begins is searched by halves: each try walks all that it finds.
            ulong lost = 0;
            ulong known = snapshot.IndexOf(topic);
            while (known - lost > 1)
            {
                ulong middle = lost + ((known - lost) / 2);
                var newer = new List<StateChangeSet>();
                if (state.TryReadChanges(topic, new StatePosition(snapshot.Lineage, middle), snapshot, newer))
                {
                    known = middle;
                    sets = newer;
                }
                else
                {
                    lost = middle;
                }
            }

            isComplete = sets.Count > 0 && Find(sets[0], key)?.Old is null;
        }

        var revisions = new List<KeyValueRevision>(sets.Count);
        foreach (StateChangeSet set in sets)
        {
            if (Find(set, key) is { } delta)
            {
                revisions.Add(new KeyValueRevision(set.Index, set.WallTime, delta.Old, delta.New));
            }
        }

        return new KeyValueHistory(revisions, isComplete);
    }

    private List<KeyValueDelta> Deltas(StateChangeSet set, KeyValueKey prefix)
    {
        var deltas = new List<KeyValueDelta>();
        foreach (StateChange change in set.Changes)
        {
            if (change.Is(module.Keys.Entries, out StateRowChange<KeyValueEntry> row)
                && change.Key.Span.StartsWith(prefix.Array))
            {
                deltas.Add(new KeyValueDelta(row.Row.Key, row.Old, row.New));
            }
        }

        return deltas;
    }

    private KeyValueDelta? Find(StateChangeSet set, KeyValueKey key)
    {
        foreach (StateChange change in set.Changes)
        {
            if (change.Is(module.Keys.Entries, out StateRowChange<KeyValueEntry> row) && change.Key.Span.SequenceEqual(key.Array))
            {
                return new KeyValueDelta(key, row.Old, row.New);
            }
        }

        return null;
    }
}
