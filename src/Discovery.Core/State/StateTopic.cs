namespace Discovery;

/// <summary>What a read depends on: one key of a topic space, a prefix of its keys, or a whole table.</summary>
public readonly struct StateTopic
{
    private StateTopic(StateTable? table, StateTopicSpace? space, ReadOnlyMemory<byte> key, bool isPrefix)
    {
        Table = table;
        Space = space;
        Key = key;
        IsPrefix = isPrefix;
    }

    internal StateTable? Table { get; }

    internal StateTopicSpace? Space { get; }

    internal ReadOnlyMemory<byte> Key { get; }

    internal bool IsPrefix { get; }

    /// <summary>One topic.</summary>
    /// <param name="space">The space.</param>
    /// <param name="key">The topic's key; not copied.</param>
    public static StateTopic ForKey(StateTopicSpace space, ReadOnlyMemory<byte> key)
    {
        ArgumentNullException.ThrowIfNull(space);
        return new StateTopic(null, space, key, isPrefix: false);
    }

    /// <summary>All topics of a space whose key begins with a prefix; the empty prefix is the whole space.</summary>
    /// <param name="space">The space.</param>
    /// <param name="prefix">The prefix; not copied.</param>
    public static StateTopic ForPrefix(StateTopicSpace space, ReadOnlyMemory<byte> prefix)
    {
        ArgumentNullException.ThrowIfNull(space);
        return new StateTopic(null, space, prefix, isPrefix: true);
    }

    /// <summary>Any change of a table.</summary>
    /// <param name="table">The table.</param>
    public static StateTopic ForTable(StateTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        return new StateTopic(table, null, default, isPrefix: false);
    }
}
