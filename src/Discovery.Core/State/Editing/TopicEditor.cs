using System.Buffers.Binary;
using Discovery.State.Trees;

namespace Discovery.State;

/// <summary>Changes the topics for the length of one batch.</summary>
internal sealed class TopicEditor
{
    private readonly IReadOnlyList<StateTopicSpace> _spaces;
    private readonly TreeEditor<TopicCell>[] _topics;
    private readonly TreeEditor<AbsentTopic> _absent;
    private readonly ulong[] _floors;
    private ulong _hash;

    public TopicEditor(IReadOnlyList<StateTopicSpace> spaces, TopicRoot root)
    {
        _spaces = spaces;
        _topics = Array.ConvertAll(root.Spaces, static tree => new TreeEditor<TopicCell>(tree));
        _absent = new TreeEditor<AbsentTopic>(root.Absent);
        _floors = (ulong[])root.Floors.Clone();
        _hash = root.Hash;
    }

    public int AbsentCount => _absent.Count;

    public StateTopicTouch Touch(in TopicTouch touch, ulong index)
    {
        TreeEntry<TopicCell> old = Set(touch.Space, touch.Key, touch.IsAbsent, index);
        return new StateTopicTouch(touch.Space, old.Key ?? touch.Key, old.Key is null ? _floors[touch.Space.Id] : old.Value.Index);
    }

    /// <summary>Notes the change of a row whose index is its topic's: only the topics of absent rows are kept here.</summary>
    public StateTopicTouch Touch(in RowTouch touch, ulong index)
    {
        ulong previous = touch.OldIndex;
        if (touch.IsAbsent)
        {
            Set(touch.Space, touch.Key, absent: true, index);
        }
        else if (previous == 0 && _topics[touch.Space.Id].Remove(touch.Key, out TreeEntry<TopicCell> old))
        {
            previous = old.Value.Index;
            _hash -= old.Value.HashUnder(touch.Space.HashSeed, old.Key);
            _absent.Remove(QueueKey(previous, touch.Space.Id, old.Key), out _);
        }

        return new StateTopicTouch(touch.Space, touch.Key, previous == 0 ? _floors[touch.Space.Id] : previous);
    }

    /// <summary>
    /// Drops up to <paramref name="most"/> topics of absent objects that last changed at or below <paramref name="index"/>.
    /// </summary>
    public int Reap(ulong index, int most)
    {
        var reaped = new List<(byte[] QueueKey, int Space, byte[] Key)>();
        foreach (TreeEntry<AbsentTopic> entry in _absent.Scan([]))
        {
            if (reaped.Count == most || entry.Value.Index > index)
            {
                break;
            }

            reaped.Add((entry.Key, entry.Value.Space, entry.Value.Key));
        }

        foreach ((byte[] queueKey, int space, byte[] key) in reaped)
        {
            _absent.Remove(queueKey, out _);
            bool removed = _topics[space].Remove(key, out TreeEntry<TopicCell> old);
            Invariant.Check(removed && old.Value.IsAbsent, "the queue of absent topics names a topic that is not absent");
            _hash -= old.Value.HashUnder(_spaces[space].HashSeed, old.Key);
            _floors[space] = Math.Max(_floors[space], old.Value.Index);
        }

        return reaped.Count;
    }

    public void Load(StateTopicSpace space, byte[] key, bool absent, ulong index) => Set(space, key, absent, index);

    public void LoadFloor(StateTopicSpace space, ulong floor) => _floors[space.Id] = floor;

    public TopicRoot ToRoot() =>
        new(Array.ConvertAll(_topics, static tree => tree.ToTree()), (ulong[])_floors.Clone(), _absent.ToTree(), _hash);

    private TreeEntry<TopicCell> Set(StateTopicSpace space, byte[] key, bool absent, ulong index)
    {
        var cell = new TopicCell(index, absent);
        bool known = _topics[space.Id].Set(key, cell, out TreeEntry<TopicCell> old);
        _hash += cell.HashUnder(space.HashSeed, key) - (known ? old.Value.HashUnder(space.HashSeed, key) : 0);
        if (known && old.Value.IsAbsent)
        {
            _absent.Remove(QueueKey(old.Value.Index, space.Id, old.Key), out _);
        }

        if (absent)
        {
            _absent.Set(QueueKey(index, space.Id, key), new AbsentTopic(space.Id, old.Key ?? key, index), out _);
        }

        return old;
    }

    private byte[] QueueKey(ulong index, int space, byte[] key)
    {
        Invariant.Check(space < _spaces.Count, "a topic of an unknown space");
        var queueKey = new byte[sizeof(ulong) + sizeof(ushort) + key.Length];
        BinaryPrimitives.WriteUInt64BigEndian(queueKey, index);
        BinaryPrimitives.WriteUInt16BigEndian(queueKey.AsSpan(sizeof(ulong)), (ushort)space);
        key.CopyTo(queueKey, sizeof(ulong) + sizeof(ushort));
        return queueKey;
    }
}
