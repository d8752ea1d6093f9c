using System.Globalization;
using System.Text;

namespace Discovery.Simulation;

/// <summary>Follows a topic, from node to node as they come and go, and misses no index of it that it is not told of.</summary>
internal sealed class FullWatcher
{
    private const string Name = "Watchers";

    private readonly FullWorld _world;
    private readonly Randomness _random;
    private readonly string _topic;
    private StatePosition? _position;
    private NodeLife? _on;
    private int _left;

    public FullWatcher(FullWorld world, int number)
    {
        _world = world;
        _random = world.Random.Fork();
        _topic = number switch
        {
            0 => "table",
            1 => "prefix",
            _ => string.Create(CultureInfo.InvariantCulture, $"key {FullClient.Prefix}{number % world.Options.Keys}"),
        };
    }

    /// <summary>Whether it has been told of everything that was applied up to an index.</summary>
    public bool HasSeen(ulong index) => _position is { } seen && !Touched(seen.Index, index);

    /// <summary>Goes to another node when the one that it was on is gone.</summary>
    public void Look()
    {
        if (_on is { IsAlive: true, IsReady: true } || _world.IsOver)
        {
            return;
        }

        FullNode next = _random.Pick(_world.Nodes);
        if (next.IsReady)
        {
            NodeLife life = _on = next.Life!;
            _left = _random.Between(1, 200);
            _ = life.Runtime.Start(() => _world.GuardAsync(life, () => FollowAsync(life)));
        }
    }

    private async Task FollowAsync(NodeLife life)
    {
        await foreach (StateUpdate update in life.Queries.FollowAsync(TopicOn(life), _position))
        {
            if (!ReferenceEquals(_on, life))
            {
                // The process is being stopped, and the watcher is elsewhere already.
                return;
            }

            Take(update);
            if (!_world.IsHealed)
            {
                if (--_left <= 0)
                {
                    break;
                }

                await Task.Delay(_random.Milliseconds(0, _random.Chance(0.05) ? 6000 : 50), life.Clock);
            }
        }

        if (ReferenceEquals(_on, life))
        {
            _on = null;
        }
    }

    private void Take(StateUpdate update)
    {
        if (update.Changes is not { } changes)
        {
            _world.Coverage.Count(_position is null ? "watches begun" : "watches begun again");
            if (_position is { } before && before.Lineage == update.Snapshot.Lineage && before.Index > update.Snapshot.Index)
            {
                _world.Fail(Name, $"the watcher of {_topic} is sent back from {before.Index} to {update.Snapshot.Index}");
            }

            _position = update.Position;
            return;
        }

        _world.Coverage.Count("changes watched");
        StatePosition seen = _position!.Value;
        if (changes.Index <= seen.Index || update.Snapshot.Lineage != seen.Lineage)
        {
            _world.Fail(Name, $"the watcher of {_topic} has seen {seen.Index} and is told of {changes.Index}");
        }
        else if (Touched(seen.Index, changes.Index - 1))
        {
            _world.Fail(Name, $"the watcher of {_topic} was told of {seen.Index} and then of {changes.Index}: it missed one");
        }

        _position = update.Position;
    }

    // Whether an index after one and up to another touched the topic.
    private bool Touched(ulong after, ulong upTo)
    {
        IReadOnlyList<ulong> touches = _world.Applied.TouchesOf(_topic);
        for (int i = touches.Count - 1; i >= 0 && touches[i] > after; i--)
        {
            if (touches[i] <= upTo)
            {
                return true;
            }
        }

        return false;
    }

    private StateTopic TopicOn(NodeLife life) => _topic switch
    {
        "table" => StateTopic.ForTable(life.Module.Keys.Entries),
        "prefix" => StateTopic.ForPrefix(life.Module.Keys.Keys, Encoding.UTF8.GetBytes(FullClient.Prefix)),
        _ => StateTopic.ForKey(life.Module.Keys.Keys, Encoding.UTF8.GetBytes(_topic["key ".Length..])),
    };
}
