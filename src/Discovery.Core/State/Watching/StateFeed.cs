namespace Discovery.State.Watching;

/// <summary>
/// Reads, from the ring, every change of one topic after a position: complete, in order, or an explicit "no longer known".
/// </summary>
internal static class StateFeed
{
    private const int PieceMax = 1024;

    /// <summary>
    /// Copies the change sets that touched <paramref name="topic"/> in (<paramref name="after"/>, <paramref name="upTo"/>].
    /// </summary>
    /// <returns>False when the ring no longer covers them, or the position is of another lineage.</returns>
    public static bool TryRead(
        StateMachine machine, in StateTopic topic, StatePosition after, StateSnapshot upTo, List<StateChangeSet> into)
    {
        if (after.Lineage != upTo.Lineage)
        {
            return false;
        }

        return (topic.Space is { } space && !topic.IsPrefix && TryWalkBack(machine.Ring, space, topic.Key, after.Index, upTo, into))
            || TryScan(machine.Ring, topic, after.Index, upTo.Index, into);
    }

    // Each touch names the previous one of its topic: the walk visits this topic's changes only, and works beyond the ring's end when
    // the topic was quiet there.
    private static bool TryWalkBack(
        ChangeRing ring, StateTopicSpace space, ReadOnlyMemory<byte> key, ulong after, StateSnapshot upTo, List<StateChangeSet> into)
    {
        ulong index = upTo.IndexOf(space, key.Span);
        if (index <= after)
        {
            return true;
        }

        int start = into.Count;
        while (index > after)
        {
            if (!ring.TryGet(index, out StateChangeSet? set) || !TryFindTouch(set!, space, key, out StateTopicTouch touch))
            {
                into.RemoveRange(start, into.Count - start);
                return false;
            }

            into.Add(set!);
            index = touch.PreviousIndex;
        }

        into.Reverse(start, into.Count - start);
        return true;
    }

    // In pieces, so that the apply loop never waits long for the ring.
    private static bool TryScan(ChangeRing ring, in StateTopic topic, ulong after, ulong upTo, List<StateChangeSet> into)
    {
        int start = into.Count;
        var piece = new List<StateChangeSet>();
        while (after < upTo)
        {
            piece.Clear();
            if (!ring.TryCopyAfter(after, PieceMax, piece))
            {
                into.RemoveRange(start, into.Count - start);
                return false;
            }

            foreach (StateChangeSet set in piece)
            {
                if (set.Index <= upTo && Touches(set, topic))
                {
                    into.Add(set);
                }
            }

            after = piece.Count == PieceMax ? piece[^1].Index : upTo;
        }

        return true;
    }

    private static bool Touches(StateChangeSet set, in StateTopic topic)
    {
        if (topic.Table is { } table)
        {
            foreach (StateChange change in set.Changes)
            {
                if (ReferenceEquals(change.Table, table))
                {
                    return true;
                }
            }

            return false;
        }

        foreach (StateTopicTouch touch in set.Topics)
        {
            if (ReferenceEquals(touch.Space, topic.Space)
                && (topic.IsPrefix ? touch.Key.Span.StartsWith(topic.Key.Span) : touch.Key.Span.SequenceEqual(topic.Key.Span)))
            {
                return true;
            }
        }

        return false;
    }

    private static bool TryFindTouch(StateChangeSet set, StateTopicSpace space, ReadOnlyMemory<byte> key, out StateTopicTouch touch)
    {
        foreach (StateTopicTouch candidate in set.Topics)
        {
            if (ReferenceEquals(candidate.Space, space) && candidate.Key.Span.SequenceEqual(key.Span))
            {
                touch = candidate;
                return true;
            }
        }

        touch = default;
        return false;
    }
}
