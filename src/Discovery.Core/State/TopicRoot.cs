using Discovery.State.Trees;

namespace Discovery.State;

/// <summary>One immutable version of all topics.</summary>
/// <param name="Spaces">By space id: topic key to its last change, and whether its object is absent.</param>
/// <param name="Floors">By space id: what a topic without an entry reads as its index.</param>
/// <param name="Absent">Every topic whose object is absent, by (index, space, key): what reaping takes from the front.</param>
/// <param name="Hash">The sum of the hashes of all topics.</param>
internal sealed record TopicRoot(
    PersistentTree<TopicCell>[] Spaces, ulong[] Floors, PersistentTree<AbsentTopic> Absent, ulong Hash)
{
    public static TopicRoot Create(int spaces)
    {
        var trees = new PersistentTree<TopicCell>[spaces];
        Array.Fill(trees, PersistentTree<TopicCell>.Empty);
        return new TopicRoot(trees, new ulong[spaces], PersistentTree<AbsentTopic>.Empty, 0);
    }

    /// <summary>Whether some absent topic last changed at or below <paramref name="index"/>.</summary>
    public bool HasAbsentUpTo(ulong index)
    {
        foreach (TreeEntry<AbsentTopic> first in Absent.Scan([]))
        {
            return first.Value.Index <= index;
        }

        return false;
    }

    public ulong IndexOf(StateTopicSpace space, ReadOnlySpan<byte> key) =>
        Spaces[space.Id].TryGet(key, out TreeEntry<TopicCell> entry) ? entry.Value.Index : Floors[space.Id];

    public ulong IndexOfPrefix(StateTopicSpace space, ReadOnlySpan<byte> prefix) =>
        Math.Max(Spaces[space.Id].MaxIndexOfPrefix(prefix), Floors[space.Id]);
}
