using System.Text;
using Discovery.KeyValue;
using Discovery.Testing;

namespace Discovery.Simulation;

/// <summary>
/// What all nodes together have applied: the same command at each index, the same state after it, every write once, and all that a client
/// was told of.
/// </summary>
internal sealed class AppliedHistory(FullWorld world)
{
    private const string Name = "StateHashes";

    private readonly Dictionary<ulong, ulong> _commands = [];
    private readonly Dictionary<ulong, ulong> _states = [];
    private readonly Dictionary<ulong, (string Key, string Value)> _puts = [];
    private readonly Dictionary<string, ulong> _values = new(StringComparer.Ordinal);
    private readonly List<(ulong Index, string Key, string Value)> _acknowledged = [];
    private readonly Dictionary<string, List<ulong>> _touches = new(StringComparer.Ordinal);

    /// <summary>The last index that anybody has applied.</summary>
    public ulong Last { get; private set; }

    /// <summary>Every index that touched a topic, in order.</summary>
    public IReadOnlyList<ulong> TouchesOf(string topic) => _touches.GetValueOrDefault(topic) ?? [];

    public void OnApplied(NodeLife life, StateSnapshot snapshot, IReadOnlyList<StateChangeSet> changes)
    {
        foreach (StateChangeSet set in changes)
        {
            ulong command = HashOf(set);
            if (_commands.TryAdd(set.Index, command))
            {
                Note(life, set);
            }
            else if (_commands[set.Index] != command)
            {
                world.Fail(Name, $"{life.Node.Name} has applied something else at {set.Index}");
            }

            Last = Math.Max(Last, set.Index);
        }

        OnState(life, snapshot);
    }

    public void OnState(NodeLife life, StateSnapshot snapshot)
    {
        ulong hash = snapshot.ComputeHash();
        if (!_states.TryAdd(snapshot.Index, hash) && _states[snapshot.Index] != hash)
        {
            world.Fail(Name, $"{life.Node.Name} has another state after {snapshot.Index}");
        }
    }

    /// <summary>A client was told that its write is at an index.</summary>
    public void OnAcknowledged(NodeLife life, ulong index, string key, string value)
    {
        world.Coverage.Count("acknowledged writes");
        _acknowledged.Add((index, key, value));
        if (life.State.Current.Index < index)
        {
            world.Fail("AcknowledgedWrites", $"{life.Node.Name} acknowledges {index}, and has applied {life.State.Current.Index}");
        }

        Check(index, key, value);
        world.Faults.OnAcknowledged();
    }

    public void Finish()
    {
        foreach ((ulong index, string key, string value) in _acknowledged)
        {
            Check(index, key, value);
        }
    }

    private void Check(ulong index, string key, string value)
    {
        if (_puts.GetValueOrDefault(index) != (key, value))
        {
            world.Fail("AcknowledgedWrites", $"{key}={value} was acknowledged at {index}, where there is {_puts.GetValueOrDefault(index)}");
        }
    }

    private void Note(NodeLife life, StateChangeSet set)
    {
        foreach (StateChange change in set.Changes)
        {
            if (change.Is(life.Module.Keys.Entries, out StateRowChange<KeyValueEntry> entry))
            {
                Touch("table", set.Index);
                NoteWrite(set.Index, entry);
            }
        }

        foreach (StateTopicTouch touch in set.Topics)
        {
            if (ReferenceEquals(touch.Space, life.Module.Keys.Keys))
            {
                string key = Encoding.UTF8.GetString(touch.Key.Span);
                Touch($"key {key}", set.Index);
                if (key.StartsWith(FullClient.Prefix, StringComparison.Ordinal))
                {
                    Touch("prefix", set.Index);
                }
            }
        }
    }

    // Every value of a client is written once: what is there twice was applied twice.
    private void NoteWrite(ulong index, in StateRowChange<KeyValueEntry> entry)
    {
        if (entry.New is not { } row || row.ModifyIndex != index)
        {
            return;
        }

        string key = row.Key.ToString();
        if (key.StartsWith(FullClient.Prefix, StringComparison.Ordinal))
        {
            string value = FullClient.TextOf(row);
            _puts[index] = (key, value);
            if (!_values.TryAdd(value, index))
            {
                world.Fail("AppliedOnce", $"{key}={value} is written at {index}, and was at {_values[value]}");
            }
        }
    }

    private void Touch(string topic, ulong index)
    {
        if (!_touches.TryGetValue(topic, out List<ulong>? indexes))
        {
            _touches[topic] = indexes = [];
        }

        if (indexes.Count == 0 || indexes[^1] < index)
        {
            indexes.Add(index);
        }
    }

    private static ulong HashOf(StateChangeSet set)
    {
        ulong hash = Fnv.Add(Fnv.Add(Fnv.Offset, set.Index), (ulong)set.ClusterTime.Ticks);
        hash = Fnv.Add(hash, (ulong)set.WallTime.UtcTicks);
        foreach (StateChange change in set.Changes)
        {
            hash = Add(Fnv.Add(hash, change.Table.FullName), change.Key.Span);
        }

        foreach (StateTopicTouch touch in set.Topics)
        {
            hash = Add(Fnv.Add(hash, touch.PreviousIndex), touch.Key.Span);
        }

        return hash;
    }

    private static ulong Add(ulong hash, ReadOnlySpan<byte> bytes)
    {
        foreach (byte b in bytes)
        {
            hash = (hash ^ b) * 1099511628211;
        }

        return hash;
    }
}
