using System.Runtime.CompilerServices;

namespace Discovery.KeyValue;

/// <summary>Follows prefixes, and tells the past of a key. Has no queue: a watch that nobody reads costs nothing.</summary>
internal sealed class KeyValueWatcher(KeyValueModule module, StateMachine state, NodeLifetime lifetime)
{
    public async IAsyncEnumerable<KeyValueChange> WatchAsync(
        KeyValueKey prefix, StatePosition? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        StateTopic topic = StateTopic.ForPrefix(module.Keys.Keys, prefix.Array);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.Stopping);
        using StateWatch watch = StateWatch.Open(state, [topic]);
        StatePosition position;
        if (after is { } resumed)
        {
            position = resumed;
        }
        else
        {
            KeyValueChange first = Everything(prefix, KeyValueChangeKind.Initial);
            position = first.Position;
            yield return first;
        }

        var sets = new List<StateChangeSet>();
        while (true)
        {
            StateSnapshot snapshot = state.Current;
            sets.Clear();
            if (position.Lineage == snapshot.Lineage && position.Index > snapshot.Index)
            {
                // Told by a server that is ahead of this one.
            }
            else if (!state.TryReadChanges(topic, position, snapshot, sets))
            {
                KeyValueChange resync = Everything(prefix, KeyValueChangeKind.Resync);
                position = resync.Position;
                yield return resync;
                continue;
            }
            else
            {
                foreach (StateChangeSet set in sets)
                {
                    position = new StatePosition(snapshot.Lineage, set.Index);
                    yield return new KeyValueChange(KeyValueChangeKind.Delta, position, Deltas(set, prefix), []);
                }

                position = snapshot.Position;
            }

            try
            {
                await watch.WaitAsync(ended.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                yield break;
            }
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

    private KeyValueChange Everything(KeyValueKey prefix, KeyValueChangeKind kind)
    {
        StateSnapshot snapshot = state.Current;
        return new KeyValueChange(kind, snapshot.Position, [], snapshot.Scan(module.Keys.Entries, prefix.Array).ToList());
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
