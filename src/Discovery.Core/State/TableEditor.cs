using Discovery.State.Trees;
using Discovery.Wire;

namespace Discovery.State;

/// <summary>Changes a table for the length of one batch.</summary>
internal abstract class TableEditor
{
    public abstract StateTable Table { get; }

    public ulong ChangeIndex { get; set; }

    public abstract void Undo(in JournalEntry entry);

    public abstract void DeriveTopics(StateTransaction transaction, StateChange change, TopicTouches touches);

    public abstract void React(StateTransaction transaction, Delegate reaction, in JournalEntry entry);

    public abstract TableRoot ToRoot();
}

internal sealed class TableEditor<TRow> : TableEditor
    where TRow : class
{
    private readonly StateTable<TRow> _table;
    private readonly TreeEditor<TRow> _rows;
    private readonly TreeEditor<TRow>[] _indexes;
    private ulong _hash;

    public TableEditor(StateTable<TRow> table, TableRoot<TRow> root)
    {
        _table = table;
        _rows = new TreeEditor<TRow>(root.Rows);
        _indexes = Array.ConvertAll(root.Indexes, static index => new TreeEditor<TRow>(index));
        _hash = root.Hash;
        ChangeIndex = root.ChangeIndex;
    }

    public override StateTable Table => _table;

    public TreeEditor<TRow> Rows => _rows;

    public TreeEditor<TRow> Index(StateIndex<TRow> index) => _indexes[index.Position];

    public JournalEntry Put(TRow row, ulong index, WireBuffer scratch)
    {
        var builder = new StateKeyBuilder(stackalloc byte[256]);
        _table.WriteKey(row, ref builder);
        Invariant.Check(!builder.Bytes.IsEmpty, $"a row of {_table} has an empty key");
        scratch.Clear();
        _table.Codec.Write(row, scratch);
        byte[] key = _rows.TryGet(builder.Bytes, out TreeEntry<TRow> current) ? current.Key : builder.Bytes.ToArray();
        builder.Dispose();
        ulong hash = StateHash.OfEntry(_table.HashSeed, key, index, scratch.WrittenSpan);
        TreeEntry<TRow> old = Set(key, row, index, hash);
        return new JournalEntry
        {
            Editor = this,
            Key = key,
            OldRow = old.Value,
            NewRow = row,
            OldIndex = old.Index,
            OldHash = old.Hash,
            Bytes = key.Length + scratch.WrittenCount,
        };
    }

    public bool Delete(ReadOnlySpan<byte> key, out JournalEntry journal)
    {
        if (!_rows.Remove(key, out TreeEntry<TRow> old))
        {
            journal = default;
            return false;
        }

        _hash -= old.Hash;
        UpdateIndexes(old.Key, old.Value, null, 0);
        journal = new JournalEntry
        {
            Editor = this, Key = old.Key, OldRow = old.Value, OldIndex = old.Index, OldHash = old.Hash, Bytes = old.Key.Length,
        };
        return true;
    }

    /// <summary>Puts a row that comes from a snapshot, with the index it had there.</summary>
    public void Load(byte[] key, TRow row, ulong index, ReadOnlySpan<byte> encoded)
    {
        var builder = new StateKeyBuilder(stackalloc byte[256]);
        _table.WriteKey(row, ref builder);
        Invariant.Check(builder.Bytes.SequenceEqual(key), $"a row of {_table} does not belong to its key");
        builder.Dispose();
        Set(key, row, index, StateHash.OfEntry(_table.HashSeed, key, index, encoded));
    }

    public override void Undo(in JournalEntry entry)
    {
        if (entry.OldRow is null)
        {
            bool removed = _rows.Remove(entry.Key, out TreeEntry<TRow> added);
            Invariant.Check(removed, $"a row of {_table} vanished while its command was rolled back");
            _hash -= added.Hash;
            UpdateIndexes(entry.Key, added.Value, null, 0);
        }
        else
        {
            Set(entry.Key, (TRow)entry.OldRow, entry.OldIndex, entry.OldHash);
        }
    }

    public override void DeriveTopics(StateTransaction transaction, StateChange change, TopicTouches touches)
    {
        if (_table.Derivation is { } derivation)
        {
            var sink = new StateTopicSink(touches);
            derivation(transaction, new StateRowChange<TRow>((TRow?)change.OldRow, (TRow?)change.NewRow), ref sink);
        }
    }

    public override void React(StateTransaction transaction, Delegate reaction, in JournalEntry entry) =>
        ((Action<StateTransaction, StateRowChange<TRow>>)reaction)(
            transaction, new StateRowChange<TRow>((TRow?)entry.OldRow, (TRow?)entry.NewRow));

    public override TableRoot ToRoot() =>
        new TableRoot<TRow>(_table, _rows.ToTree(), Array.ConvertAll(_indexes, static index => index.ToTree()))
        {
            ChangeIndex = ChangeIndex,
            Hash = _hash,
        };

    private TreeEntry<TRow> Set(byte[] key, TRow row, ulong index, ulong hash)
    {
        _rows.Set(key, row, index, hash, out TreeEntry<TRow> old);
        _hash += hash - old.Hash;
        UpdateIndexes(key, old.Value, row, index);
        return old;
    }

    private void UpdateIndexes(byte[] key, TRow? old, TRow? row, ulong index)
    {
        if (_indexes.Length == 0)
        {
            return;
        }

        var oldKey = new StateKeyBuilder(stackalloc byte[256]);
        var newKey = new StateKeyBuilder(stackalloc byte[256]);
        for (int i = 0; i < _indexes.Length; i++)
        {
            WriteIndexKey(_table.Indexes[i], old, key, ref oldKey);
            WriteIndexKey(_table.Indexes[i], row, key, ref newKey);
            if (!oldKey.Bytes.IsEmpty && !oldKey.Bytes.SequenceEqual(newKey.Bytes))
            {
                _indexes[i].Remove(oldKey.Bytes, out _);
            }

            if (!newKey.Bytes.IsEmpty)
            {
                bool known = _indexes[i].TryGet(newKey.Bytes, out TreeEntry<TRow> entry);
                _indexes[i].Set(known ? entry.Key : newKey.Bytes.ToArray(), row!, index, 0, out _);
            }
        }

        oldKey.Dispose();
        newKey.Dispose();
    }

    // The primary key follows the index key: rows that share an index key stay apart, in primary-key order.
    private static void WriteIndexKey(StateIndex<TRow> index, TRow? row, byte[] primaryKey, ref StateKeyBuilder builder)
    {
        builder.Clear();
        if (row is null)
        {
            return;
        }

        index.WriteKey(row, ref builder);
        if (!builder.Bytes.IsEmpty)
        {
            builder.Append(primaryKey);
        }
    }
}
