using Discovery.State;
using Discovery.State.Trees;

namespace Discovery;

/// <summary>The whole state at one index: immutable, readable from any thread without a lock, for as long as it is held.</summary>
public sealed class StateSnapshot
{
    internal StateSnapshot(StateSchema schema, StateMeta meta, TableRoot[] tables, TopicRoot topics, ClientRoot clients)
    {
        Schema = schema;
        Meta = meta;
        Tables = tables;
        Topics = topics;
        Clients = clients;
    }

    /// <summary>The index of the last applied entry.</summary>
    public ulong Index => Meta.Index;

    /// <summary>How far <see cref="Index"/> is ahead of the log's own number of the entry.</summary>
    /// <value>0, until a state was restored whose index was above the log's.</value>
    public ulong Ahead => Meta.Ahead;

    /// <summary>The lineage that <see cref="Index"/> belongs to.</summary>
    public Guid Lineage => Meta.Lineage;

    /// <summary>The position that a watcher resumes from to see everything after this snapshot.</summary>
    public StatePosition Position => new(Meta.Lineage, Meta.Index);

    /// <summary>The cluster time of the last entry.</summary>
    public TimeSpan ClusterTime => Meta.ClusterTime;

    /// <summary>The wall time of the last entry; for display and token expiry only.</summary>
    public DateTimeOffset WallTime => Meta.WallTime;

    internal StateSchema Schema { get; }

    internal StateMeta Meta { get; }

    internal TableRoot[] Tables { get; }

    internal TopicRoot Topics { get; }

    internal ClientRoot Clients { get; }

    /// <summary>Finds a row by its key.</summary>
    /// <typeparam name="TRow">The row type.</typeparam>
    /// <param name="table">The table.</param>
    /// <param name="key">The key.</param>
    /// <returns>The row, or null.</returns>
    public TRow? Get<TRow>(StateTable<TRow> table, ReadOnlySpan<byte> key)
        where TRow : class
    {
        TreeLeaf<RowCell<TRow>>? leaf = Root(table).Rows.Find(key, out int position);
        return leaf is null ? null : leaf.Values[position].Row ?? table.Packer!.Recall(leaf.EntryAt(position));
    }

    /// <summary>The rows whose key begins with <paramref name="prefix"/>, in key order.</summary>
    /// <typeparam name="TRow">The row type.</typeparam>
    /// <param name="table">The table.</param>
    /// <param name="prefix">The prefix; empty for all rows.</param>
    public StateRows<TRow> Scan<TRow>(StateTable<TRow> table, ReadOnlySpan<byte> prefix = default)
        where TRow : class => new(Root(table).Rows, prefix, prefix);

    /// <summary>The rows whose index key begins with <paramref name="prefix"/>, in (index key, key) order.</summary>
    /// <typeparam name="TRow">The row type.</typeparam>
    /// <param name="index">The index.</param>
    /// <param name="prefix">The prefix; empty for all indexed rows.</param>
    public StateRows<TRow> Scan<TRow>(StateIndex<TRow> index, ReadOnlySpan<byte> prefix = default)
        where TRow : class => new(Tree(index), prefix, prefix);

    /// <summary>The rows under <paramref name="prefix"/> from <paramref name="from"/> on: how a long list is read in pages.</summary>
    /// <typeparam name="TRow">The row type.</typeparam>
    /// <param name="index">The index.</param>
    /// <param name="prefix">The prefix.</param>
    /// <param name="from">Where to begin, inclusive.</param>
    public StateRows<TRow> ScanFrom<TRow>(StateIndex<TRow> index, ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> from)
        where TRow : class => new(Tree(index), prefix, from);

    /// <summary>The rows under <paramref name="prefix"/> from <paramref name="from"/> on: how a long list is read in pages.</summary>
    /// <typeparam name="TRow">The row type.</typeparam>
    /// <param name="table">The table.</param>
    /// <param name="prefix">The prefix.</param>
    /// <param name="from">Where to begin, inclusive.</param>
    public StateRows<TRow> ScanFrom<TRow>(StateTable<TRow> table, ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> from)
        where TRow : class => new(Root(table).Rows, prefix, from);

    /// <summary>Counts rows without visiting them.</summary>
    /// <typeparam name="TRow">The row type.</typeparam>
    /// <param name="table">The table.</param>
    /// <param name="prefix">The prefix; empty for all rows.</param>
    public int Count<TRow>(StateTable<TRow> table, ReadOnlySpan<byte> prefix = default)
        where TRow : class => Root(table).Rows.CountPrefix(prefix);

    /// <summary>Counts indexed rows without visiting them.</summary>
    /// <typeparam name="TRow">The row type.</typeparam>
    /// <param name="index">The index.</param>
    /// <param name="prefix">The prefix; empty for all indexed rows.</param>
    public int Count<TRow>(StateIndex<TRow> index, ReadOnlySpan<byte> prefix = default)
        where TRow : class => Tree(index).CountPrefix(prefix);

    /// <summary>Whether any row's index key begins with a prefix.</summary>
    internal bool Any<TRow>(StateIndex<TRow> index, ReadOnlySpan<byte> prefix)
        where TRow : class => Tree(index).HasPrefix(prefix);

    /// <summary>The first row whose index key begins with a prefix, found without allocating.</summary>
    internal TRow? First<TRow>(StateIndex<TRow> index, ReadOnlySpan<byte> prefix)
        where TRow : class => Tree(index).TryGetFirst(prefix, out TreeEntry<IndexCell<TRow>> entry) ? entry.Value.Row : null;

    /// <summary>When the object of a topic last changed, its removal included; at least 1, and never lower than before.</summary>
    /// <param name="topic">The topic.</param>
    public ulong IndexOf(in StateTopic topic)
    {
        ulong index = topic switch
        {
            { Table: { } table } => Tables[IdOf(table)].ChangeIndex,
            { IsPrefix: true } => IndexOfPrefix(topic.Space!, topic.Key.Span),
            _ => IndexOf(topic.Space!, topic.Key.Span),
        };
        return Math.Max(Math.Max(index, Meta.RestoreIndex), 1);
    }

    /// <summary>The replicated schema version of a module.</summary>
    /// <param name="module">The module's name.</param>
    public int SchemaVersion(string module)
    {
        int id = Schema.IndexOfModule(module);
        return id >= 0 ? Meta.SchemaVersions[id] : throw new ArgumentException($"No state module is named \"{module}\".", nameof(module));
    }

    /// <summary>A hash of everything in the state; equal on all servers at equal index.</summary>
    /// <remarks>A module that has nothing in the state yet does not count: a server that has it agrees with one that lacks it.</remarks>
    public ulong ComputeHash()
    {
        ulong hash = Meta.Hash() + Topics.Hash + Clients.Hash;
        for (int i = 0; i < Schema.ModuleNames.Length; i++)
        {
            hash += StateHash.OfNumber(Schema.ModuleSeeds[i], (ulong)Meta.SchemaVersions[i] - 1);
        }

        foreach (TableRoot table in Tables)
        {
            hash += table.Hash + StateHash.OfNumber(table.Table.HashSeed, table.ChangeIndex);
        }

        foreach (StateTopicSpace space in Schema.TopicSpaces)
        {
            hash += StateHash.OfNumber(space.HashSeed, Topics.Floors[space.Id]);
        }

        return hash;
    }

    /// <summary>What the topic itself says, without regard to restores.</summary>
    internal ulong IndexOf(StateTopicSpace space, ReadOnlySpan<byte> key)
    {
        ulong index = space.Rows is { } rows ? Tables[rows.Id].IndexOf(key) : 0;
        return index > 0 ? index : Topics.IndexOf(space, key);
    }

    private ulong IndexOfPrefix(StateTopicSpace space, ReadOnlySpan<byte> prefix)
    {
        ulong index = space.Rows is { } rows ? Tables[rows.Id].IndexOfPrefix(prefix) : 0;
        return Math.Max(index, Topics.IndexOfPrefix(space, prefix));
    }

    private static int IdOf(StateTable table)
    {
        table.ThrowIfUnbound();
        return table.Id;
    }

    private TableRoot<TRow> Root<TRow>(StateTable<TRow> table)
        where TRow : class => (TableRoot<TRow>)Tables[IdOf(table)];

    private PersistentTree<IndexCell<TRow>> Tree<TRow>(StateIndex<TRow> index)
        where TRow : class => Root(index.Table).Indexes[index.Position];
}
