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
    private int _reacted;
    private readonly TopicTouches _touches = new();
    private readonly List<RowTouch> _rowTouches = [];
    private readonly WireBuffer _scratch;
    private readonly int[] _schemaVersions;
    private StateMeta _meta;
    private StateChange[] _changes = [];
    private int _changeBytes;
    private ClientEditor? _clients;

    internal StateTransaction(StateSnapshot origin, WireBuffer scratch)
    {
        _schema = origin.Schema;
        _origin = origin;
        _meta = origin.Meta;
        Index = _meta.Index;
        ClusterTime = _meta.ClusterTime;
        WallTime = _meta.WallTime;
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

    /// <summary>The lineage of the state; empty before the log's first entry.</summary>
    public Guid Lineage => _meta.Lineage;

    internal TopicEditor Topics { get; }

    internal ClientEditor Clients => _clients ??= new ClientEditor(_origin.Clients);

    /// <summary>Finds a row by its key.</summary>
    /// <typeparam name="TRow">The row type.</typeparam>
    /// <param name="table">The table.</param>
    /// <param name="key">The key.</param>
    /// <returns>The row, or null.</returns>
    public TRow? Get<TRow>(StateTable<TRow> table, ReadOnlySpan<byte> key)
        where TRow : class => Edit(table).Find(key);

    /// <summary>The rows whose key begins with a prefix, in key order, as they are now: later changes do not show in it.</summary>
    /// <typeparam name="TRow">The row type.</typeparam>
    /// <param name="table">The table.</param>
    /// <param name="prefix">The prefix; empty for all rows.</param>
    public IReadOnlyList<TRow> Scan<TRow>(StateTable<TRow> table, ReadOnlySpan<byte> prefix = default)
        where TRow : class => Edit(table).List(prefix);

    /// <summary>The rows whose index key begins with a prefix, as they are now: later changes do not show in it.</summary>
    /// <typeparam name="TRow">The row type.</typeparam>
    /// <param name="index">The index.</param>
    /// <param name="prefix">The prefix; empty for all indexed rows.</param>
    public IReadOnlyList<TRow> Scan<TRow>(StateIndex<TRow> index, ReadOnlySpan<byte> prefix = default)
        where TRow : class
    {
        ArgumentNullException.ThrowIfNull(index);
        return Scan(index, prefix, int.MaxValue);
    }

    /// <summary>The first rows whose index key begins with a prefix, as they are now: later changes do not show in it.</summary>
    /// <typeparam name="TRow">The row type.</typeparam>
    /// <param name="index">The index.</param>
    /// <param name="prefix">The prefix; empty for all indexed rows.</param>
    /// <param name="most">How many at most; only those are visited.</param>
    public IReadOnlyList<TRow> Scan<TRow>(StateIndex<TRow> index, ReadOnlySpan<byte> prefix, int most)
        where TRow : class
    {
        ArgumentNullException.ThrowIfNull(index);
        var rows = new List<TRow>();
        foreach (TreeEntry<IndexCell<TRow>> entry in Edit(index.Table).Index(index).Scan(prefix.ToArray()))
        {
            if (rows.Count >= most)
            {
                break;
            }

            rows.Add(entry.Value.Row);
        }

        return rows;
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

    /// <summary>Whether any row's index key begins with a prefix.</summary>
    internal bool Any<TRow>(StateIndex<TRow> index, ReadOnlySpan<byte> prefix)
        where TRow : class => Edit(index.Table).Index(index).HasPrefix(prefix);

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

    /// <summary>Takes back every change and touch that this command has made so far: for a command that is all or nothing.</summary>
    /// <remarks>The command goes on and answers with its result; reactions see nothing of what was taken back.</remarks>
    public void Revert() => Rollback();

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
        Invariant.Check(index > Index, $"entry {index} after entry {Index}");
        Index = index;
        ClusterTime = envelope.ClusterTime > ClusterTime ? envelope.ClusterTime : ClusterTime;
        WallTime = envelope.WallTime;
        Invariant.Check(_journal.Count == 0 && _touches.Count == 0, "a command begins before the last one has ended");
    }

    /// <summary>
    /// Runs the reactions to all changes so far, and to those that the reactions make, before the command's end: what the command does next
    /// finds their work done.
    /// </summary>
    public void React()
    {
        while (_reacted < _journal.Count)
        {
            JournalEntry entry = _journal[_reacted++];
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

    /// <summary>Reckons what the command has changed and touched. Runs code of modules: what it throws can still be rolled back.</summary>
    internal void Prepare()
    {
        _changes = Consolidate(out _changeBytes);
        foreach (StateChange change in _changes)
        {
            try
            {
                _editors[change.Table.Id]!.DeriveTopics(this, change, _touches);
            }
            catch (Exception e) when (change.Table.IsApplication && StateMachine.IsModuleFailure(e))
            {
                throw new ReactionFailedException(change.Table.Module, e);
            }
        }

        for (int i = 0; i < _touches.Count; i++)
        {
            StateTopicSpace space = _touches[i].Space;
            try
            {
                _touches.SetAbsent(i, space.Presence is { } presence && !presence(this, _touches[i].Key));
            }
            catch (Exception e) when (space.IsApplication && StateMachine.IsModuleFailure(e))
            {
                throw new ReactionFailedException(space.Module, e);
            }
        }
    }

    internal void Rollback()
    {
        for (int i = _journal.Count - 1; i >= 0; i--)
        {
            JournalEntry entry = _journal[i];
            entry.Editor.Undo(entry);
        }

        End();
    }

    internal StateChangeSet Commit()
    {
        int bytes = _changeBytes;
        foreach (StateChange change in _changes)
        {
            _editors[change.Table.Id]!.ChangeIndex = Index;
        }

        int count = _touches.Count + _rowTouches.Count;
        var topics = count == 0 ? [] : new StateTopicTouch[count];
        for (int i = 0; i < count; i++)
        {
            int row = i - _touches.Count;
            topics[i] = row < 0 ? Topics.Touch(_touches[i], Index) : Topics.Touch(_rowTouches[row], Index);
            bytes += topics[i].Key.Length + 48;
        }

        var set = new StateChangeSet(Index, ClusterTime, WallTime, _changes, topics, bytes + 96);
        End();
        return set;
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
            _meta with
            {
                Index = Index,
                ClusterTime = ClusterTime,
                WallTime = WallTime,
                SchemaVersions = (int[])_schemaVersions.Clone(),
            },
            tables,
            Topics.ToRoot(),
            _clients?.ToRoot() ?? _origin.Clients);
    }

    internal TableEditor<TRow> Edit<TRow>(StateTable<TRow> table)
        where TRow : class
    {
        ArgumentNullException.ThrowIfNull(table);
        table.ThrowIfUnbound();
        return (TableEditor<TRow>)(_editors[table.Id] ??= _origin.Tables[table.Id].Edit());
    }

    private void ThrowIfFull()
    {
        if (_journal.Count >= ChangesMax)
        {
            throw new TooManyChangesException();
        }
    }

    private void End()
    {
        _journal.Clear();
        _reacted = 0;
        _touches.Clear();
        _rowTouches.Clear();
        _changes = [];
        _changeBytes = 0;
    }

    private StateChange[] Consolidate(out int bytes)
    {
        bytes = 0;
        if (_journal.Count == 0)
        {
            return [];
        }

        ReadOnlySpan<JournalEntry> net = JournalFold.NetEffects(_journal);
        int count = 0;
        foreach (ref readonly JournalEntry entry in net)
        {
            count += entry.IsChange ? 1 : 0;
        }

        var changes = new StateChange[count];
        count = 0;
        foreach (ref readonly JournalEntry entry in net)
        {
            if (entry.IsChange)
            {
                changes[count++] = new StateChange(entry.Editor.Table, entry.Key, entry.OldRow, entry.NewRow);
                bytes += (2 * entry.Bytes) + 64;
                if (entry.Editor.Table.RowTopics is { } space)
                {
                    _rowTouches.Add(new RowTouch(space, entry.Key, entry.OldRow is null ? 0 : entry.OldIndex, entry.NewRow is null));
                }
            }
        }

        return changes;
    }
}
