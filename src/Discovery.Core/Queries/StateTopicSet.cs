namespace Discovery;

/// <summary>The topics that a read declares: a handful, whatever the size of its result.</summary>
public sealed class StateTopicSet
{
    private readonly List<StateTopic> _topics = [];

    /// <summary>The topics so far.</summary>
    public IReadOnlyList<StateTopic> Topics => _topics;

    /// <summary>Declares that the read depends on a topic.</summary>
    /// <param name="topic">The topic.</param>
    public void Add(in StateTopic topic) => _topics.Add(topic);

    /// <summary>The index of a reply that depends on these topics: the highest of theirs, at least 1.</summary>
    /// <param name="snapshot">The state that was read.</param>
    public ulong IndexIn(StateSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        ulong index = 1;
        foreach (StateTopic topic in _topics)
        {
            index = Math.Max(index, snapshot.IndexOf(topic));
        }

        return index;
    }

    internal bool IsSameAs(StateTopicSet other)
    {
        bool isSame = _topics.Count == other._topics.Count;
        for (int i = 0; isSame && i < _topics.Count; i++)
        {
            (StateTopic a, StateTopic b) = (_topics[i], other._topics[i]);
            isSame = ReferenceEquals(a.Table, b.Table) && ReferenceEquals(a.Space, b.Space) && a.IsPrefix == b.IsPrefix
                && a.Key.Span.SequenceEqual(b.Key.Span);
        }

        return isSame;
    }
}
