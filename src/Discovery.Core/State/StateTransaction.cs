using Discovery.State;
using Discovery.State.Trees;
using Discovery.Wire;

namespace Discovery;

/// <summary>The state as one command sees and changes it.</summary>
/// <remarks>Used by one command at a time, on the apply loop; never kept beyond the apply method or reaction that got it.</remarks>
public sealed class StateTransaction
{
    /// <summary>The most row changes that one command and its reactions may make.</summary>
    public const int ChangesMax = 4_000_000;

    private readonly StateSchema _schema;
    private readonly StateSnapshot _origin;
    private readonly TableEditor?[] _editors;
    private readonly List<JournalEntry> _journal = [];
    private readonly TopicTouches _touches = new();
    private readonly WireBuffer _scratch;
    private readonly int[] _schemaVersions;
    private StateMeta _meta;
    private ClientEditor? _clients;

    internal StateTransaction(StateSnapshot origin, WireBuffer scratch)
    {
        _schema = origin.Schema;
        _origin = origin;
        _meta = origin.Meta;
        _schemaVersions = (int[])origin.Meta.SchemaVersions.Clone();
        _editors = new TableEditor?[origin.Tables.Length];
        _scratch = scratch;
        Topics = new TopicEditor(origin.Schema.TopicSpaces, origin.Topics);
    }

    /// <summary>The index of the command.</summary>
    public ulong Index { get; private set; }

    /// <summary>The cluster time of the command: what every TTL and delay is decided against.</summary>
    public TimeSpan ClusterTime { get; private set; }

    /// <summary>The leader's wall clock at the command; for display and token expiry only.</summary>
    public DateTimeOffset WallTime { get; private set; }

    internal TopicEditor Topics { get; }

    internal ClientEditor Clients => _clients ??= new ClientEditor(_origin.Clients);

    /// <summary>Finds a row by its key.</summary>
    /// <typeparam name="TRow">The row type.</typeparam>
    /// <param name="table">The table.</param>
    /// <param name="key">The key.</param>
    /// <returns>The row, or null.</returns>
    public TRow? Get<TRow>(StateTable<TRow> table, ReadOnlySpan<byte> key)
        where TRow : class => Edit(table).Rows.TryGet(key, out TreeEntry<TRow> entry) ? entry.Value : null;

    /// <summary>The rows whose key begins with a prefix, in key order, as they are now: later changes do not show in it.</summary>
    /// <typeparam name="TRow">The row type.</typeparam>
    /// <param name="table">The table.</param>
    /// <param name="prefix">The prefix; empty for all rows.</param>
    public IReadOnlyList<TRow> Scan<TRow>(StateTable<TRow> table, ReadOnlySpan<byte> prefix = default)
        where TRow : class => new StateRows<TRow>(Edit(table).Rows.Scan(prefix)).ToList();

    /// <summary>The rows whose index key begins with a prefix, as they are now: later changes do not show in it.</summary>
    /// <typeparam name="TRow">The row type.</typeparam>
    /// <param name="index">The index.</param>
    /// <param name="prefix">The prefix; empty for all indexed rows.</param>
    public IReadOnlyList<TRow> Scan<TRow>(StateIndex<TRow> index, ReadOnlySpan<byte> prefix = default)
        where TRow : class
    {
        ArgumentNullException.ThrowIfNull(index);
        return new StateRows<TRow>(Edit(index.Table).Index(index).Scan(prefix)).ToList();
    }

    /// <summary>Counts rows without visiting them.</summary>
    /// <typeparam name="TRow">The row type.</typeparam>
    /// <param name="table">The table.</param>
    /// <param name="prefix">The prefix; empty for all rows.</param>
    public int Count<TRow>(StateTable<TRow> table, ReadOnlySpan<byte> prefix = default)
        where TRow : class => Edit(table).Rows.CountPrefix(prefix);

    /// <summary>Counts indexed rows without visiting them.</summary>
    /// <typeparam name="TRow">The row type.</typeparam>
    /// <param name="index">The index.</param>
    /// <param name="prefix">The prefix; empty for all indexed rows.</param>
    public int Count<TRow>(StateIndex<TRow> index, ReadOnlySpan<byte> prefix = default)
        where TRow : class
    {
        ArgumentNullException.ThrowIfNull(index);
        return Edit(index.Table).Index(index).CountPrefix(prefix);
    }

    /// <summary>Adds a row or replaces the one with the same key.</summary>
    /// <typeparam name="TRow">The row type.</typeparam>
    /// <param name="table">The table.</param>
    /// <param name="row">The row; never changed afterwards.</param>
    public void Put<TRow>(StateTable<TRow> table, TRow row)
        where TRow : class
    {
        ArgumentNullException.ThrowIfNull(row);
        ThrowIfFull();
        _journal.Add(Edit(table).Put(row, Index, _scratch));
    }

    /// <summary>Deletes a row.</summary>
    /// <typeparam name="TRow">The row type.</typeparam>
    /// <param name="table">The table.</param>
    /// <param name="key">The key.</param>
    /// <returns>False when there was none.</returns>
    public bool Delete<TRow>(StateTable<TRow> table, ReadOnlySpan<byte> key)
        where TRow : class
    {
        ThrowIfFull();
        if (!Edit(table).Delete(key, out JournalEntry entry))
        {
            return false;
        }

        _journal.Add(entry);
        return true;
    }

    /// <summary>Touches a topic that no row change stands for.</summary>
    /// <param name="space">The space.</param>
    /// <param name="key">The topic's key.</param>
    public void Touch(StateTopicSpace space, ReadOnlySpan<byte> key) => _touches.Add(space, key);

    /// <summary>The replicated schema version of a module; apply methods branch on it, never on what the binary supports.</summary>
    /// <param name="module">The module's name.</param>
    public int SchemaVersion(string module)
    {
        int id = _schema.IndexOfModule(module);
        Invariant.Check(id >= 0, $"no state module is named \"{module}\"");
        return _schemaVersions[id];
    }

    internal void SetSchemaVersion(int module, int version) => _schemaVersions[module] = version;

    internal void SetLineage(Guid lineage) => _meta = _meta with { Lineage = lineage };

    internal void Begin(ulong index, in CommandEnvelope envelope)
    {
        Invariant.Check(index > _meta.Index, $"entry {index} after entry {_meta.Index}");
        Index = index;
        ClusterTime = envelope.ClusterTime > _meta.ClusterTime ? envelope.ClusterTime : _meta.ClusterTime;
        WallTime = envelope.WallTime;
        _meta = _meta with { Index = index, ClusterTime = ClusterTime, WallTime = WallTime };
        Invariant.Check(_journal.Count == 0 && _touches.Count == 0, "a command begins before the last one has ended");
    }

    /// <summary>Runs the reactions to all changes so far and to those that the reactions make.</summary>
    internal void React()
    {
        for (int i = 0; i < _journal.Count; i++)
        {
            JournalEntry entry = _journal[i];
            foreach (StateReaction reaction in _schema.Reactions[entry.Editor.Table.Id])
            {
                RunReaction(reaction, entry);
            }
        }
    }

    private void RunReaction(StateReaction reaction, in JournalEntry entry)
    {
        try
        {
            entry.Editor.React(this, reaction.Body, entry);
        }
        catch (Exception e) when (reaction.IsApplication && StateMachine.IsModuleFailure(e))
        {
            throw new ReactionFailedException(_schema.ModuleNames[reaction.ModuleId], e);
        }
    }

    internal void Rollback()
    {
        for (int i = _journal.Count - 1; i >= 0; i--)
        {
            JournalEntry entry = _journal[i];
            entry.Editor.Undo(entry);
        }

        _journal.Clear();
        _touches.Clear();
    }

    internal StateChangeSet Commit()
    {
        StateChange[] changes = Consolidate(out int bytes);
        foreach (StateChange change in changes)
        {
            TableEditor editor = _editors[change.Table.Id]!;
            editor.ChangeIndex = Index;
            editor.DeriveTopics(this, change, _touches);
        }

        var topics = _touches.Count == 0 ? [] : new StateTopicTouch[_touches.Count];
        for (int i = 0; i < topics.Length; i++)
        {
            (StateTopicSpace space, byte[] key) = _touches[i];
            topics[i] = Topics.Touch(this, space, key);
            bytes += key.Length + 48;
        }

        _journal.Clear();
        _touches.Clear();
        return new StateChangeSet(Index, ClusterTime, WallTime, changes, topics, bytes + 96);
    }

    internal StateSnapshot ToSnapshot()
    {
        Invariant.Check(_journal.Count == 0, "a snapshot inside a command");
        var tables = new TableRoot[_editors.Length];
        for (int i = 0; i < tables.Length; i++)
        {
            tables[i] = _editors[i]?.ToRoot() ?? _origin.Tables[i];
        }

        return new StateSnapshot(
            _schema,
            _meta with { SchemaVersions = (int[])_schemaVersions.Clone() },
            tables,
            Topics.ToRoot(),
            _clients?.ToRoot() ?? _origin.Clients);
    }

    internal TableEditor<TRow> Edit<TRow>(StateTable<TRow> table)
        where TRow : class
    {
        ArgumentNullException.ThrowIfNull(table);
        Invariant.Check(table.Id >= 0, $"table {table} is in no schema");
        return (TableEditor<TRow>)(_editors[table.Id] ??= _origin.Tables[table.Id].Edit());
    }

    private void ThrowIfFull()
    {
        if (_journal.Count >= ChangesMax)
        {
            throw new TooManyChangesException();
        }
    }

    // The net effect per row: the first old and the last new row. Rows that were added and deleted again do not show.
    private StateChange[] Consolidate(out int bytes)
    {
        bytes = 0;
        if (_journal.Count == 0)
        {
            return [];
        }

        var positions = new Dictionary<(TableEditor, byte[]), int>(_journal.Count, JournalKeyComparer.Instance);
        var net = new List<JournalEntry>(_journal.Count);
        foreach (JournalEntry entry in _journal)
        {
            if (positions.TryGetValue((entry.Editor, entry.Key), out int position))
            {
                net[position] = net[position] with { NewRow = entry.NewRow, Bytes = Math.Max(net[position].Bytes, entry.Bytes) };
            }
            else
            {
                positions.Add((entry.Editor, entry.Key), net.Count);
                net.Add(entry);
            }
        }

        var changes = new List<StateChange>(net.Count);
        foreach (JournalEntry entry in net)
        {
            if (entry.OldRow is not null || entry.NewRow is not null)
            {
                changes.Add(new StateChange(entry.Editor.Table, entry.Key, entry.OldRow, entry.NewRow));
                bytes += (2 * entry.Bytes) + 64;
            }
        }

        return [.. changes];
    }
}
