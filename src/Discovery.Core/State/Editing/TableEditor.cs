using Discovery.State.Trees;
using Discovery.Wire;

namespace Discovery.State;

/// <summary>Changes a table for the length of one batch.</summary>
internal abstract class TableEditor
{
    public abstract StateTable Table { get; }

    public ulong ChangeIndex { get; set; }

    public abstract void Undo(in JournalEntry entry);

    /// <summary>
    /// Puts a row that comes from a snapshot, with the index it had there; false when the bytes are not a row of this key.
    /// </summary>
    public abstract bool TryLoad(byte[] key, ulong index, ReadOnlySpan<byte> encoded);

    public abstract bool Has(ReadOnlySpan<byte> key);

    public abstract void DeriveTopics(StateTransaction transaction, StateChange change, TopicTouches touches);

    public abstract void React(StateTransaction transaction, Delegate reaction, in JournalEntry entry);

    public abstract TableRoot ToRoot();
}

internal sealed class TableEditor<TRow> : TableEditor
    where TRow : class
{
    private readonly StateTable<TRow> _table;
    private readonly TreeEditor<RowCell<TRow>> _rows;
    private readonly TreeEditor<IndexCell<TRow>>[] _indexes;
    private ulong _hash;
    private TRow? _unpacked;
    private byte[]? _unpackedPage;
    private int _unpackedStart;

    public TableEditor(StateTable<TRow> table, TableRoot<TRow> root)
    {
        _table = table;
        _rows = new TreeEditor<RowCell<TRow>>(root.Rows);
        _indexes = Array.ConvertAll(root.Indexes, static index => new TreeEditor<IndexCell<TRow>>(index));
        _hash = root.Hash;
        ChangeIndex = root.ChangeIndex;
    }

    public override StateTable Table => _table;

    public TreeEditor<RowCell<TRow>> Rows => _rows;

    public TRow? Find(ReadOnlySpan<byte> key) => _rows.TryGet(key, out TreeEntry<RowCell<TRow>> entry) ? Unpacked(entry).Row : null;

    public List<TRow> List(ReadOnlySpan<byte> prefix)
    {
        var rows = new List<TRow>();
        foreach (TreeEntry<RowCell<TRow>> entry in _rows.Scan(prefix.ToArray()))
        {
            rows.Add(Unpacked(entry).Row);
        }

        return rows;
    }

    public TreeEditor<IndexCell<TRow>> Index(StateIndex<TRow> index) => _indexes[index.Position];

    public JournalEntry Put(TRow row, ulong index, WireBuffer scratch)
    {
        byte[] key = _table.OwnKey is { } ownKey ? Find(ownKey(row), out TreeEntry<RowCell<TRow>> found) : FindWritten(row, out found);
        RowCell<TRow> old = Unpacked(found);
        scratch.Clear();
        _table.Codec.Write(row, scratch);
        ulong hash = StateHash.OfEntry(_table.HashSeed, key, index, scratch.WrittenSpan);
        Set(key, old, new RowCell<TRow>(row, index, hash));
        return new JournalEntry
        {
            Editor = this,
            Key = key,
            OldRow = old.Row,
            NewRow = row,
            OldIndex = old.Index,
            OldHash = old.Hash,
            Bytes = key.Length + scratch.WrittenCount,
        };
    }

    private byte[] FindWritten(TRow row, out TreeEntry<RowCell<TRow>> old)
    {
        var builder = new StateKeyBuilder(stackalloc byte[256]);
        _table.WriteKey(row, ref builder);
        ThrowIfEmpty(builder.Bytes);
        byte[] key = _rows.TryGet(builder.Bytes, out old) ? old.Key : builder.Bytes.ToArray();
        builder.Dispose();
        return key;
    }

    // The tree takes over the array of the newest row, so that none is kept for an older one.
    private byte[] Find(byte[] key, out TreeEntry<RowCell<TRow>> old)
    {
        ThrowIfEmpty(key);
        _rows.TryGet(key, out old);
        return key;
    }

    private void ThrowIfEmpty(ReadOnlySpan<byte> key)
    {
        if (key.IsEmpty)
        {
            throw new InvalidOperationException($"A row of table {_table} has an empty key.");
        }
    }

    public bool Delete(ReadOnlySpan<byte> key, out JournalEntry journal)
    {
        if (!_rows.TryGet(key, out _))
        {
            journal = default;
            return false;
        }

        byte[] removed = Unset(key, out RowCell<TRow> old);
        journal = new JournalEntry
        {
            Editor = this,
            Key = removed,
            OldRow = old.Row,
            OldIndex = old.Index,
            OldHash = old.Hash,
            Bytes = removed.Length,
        };
        return true;
    }

    public override bool TryLoad(byte[] key, ulong index, ReadOnlySpan<byte> encoded)
    {
        if (!_table.Codec.TryRead(encoded, out TRow? row))
        {
            return false;
        }

        var builder = new StateKeyBuilder(stackalloc byte[256]);
        _table.WriteKey(row, ref builder);
        bool isOwnKey = builder.Bytes.SequenceEqual(key);
        builder.Dispose();
        if (isOwnKey)
        {
            key = _table.OwnKey?.Invoke(row) ?? key;
            ulong hash = StateHash.OfEntry(_table.HashSeed, key, index, encoded);
            Set(key, default, new RowCell<TRow>(row, index, hash));
        }

        return isOwnKey;
    }

    public override bool Has(ReadOnlySpan<byte> key) => _rows.TryGet(key, out _);

    public override void Undo(in JournalEntry entry)
    {
        if (entry.OldRow is null)
        {
            Unset(entry.Key, out _);
        }
        else
        {
            _rows.TryGet(entry.Key, out TreeEntry<RowCell<TRow>> added);
            byte[] key = _table.OwnKey?.Invoke((TRow)entry.OldRow) ?? entry.Key;
            Set(key, Unpacked(added), new RowCell<TRow>((TRow)entry.OldRow, entry.OldIndex, entry.OldHash));
        }
    }

    public override void DeriveTopics(StateTransaction transaction, StateChange change, TopicTouches touches)
    {
        if (_table.Derivation is { } derivation)
        {
            var sink = new StateTopicSink(touches, change.KeyBytes);
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

    // The old cell is what the table has under the key now.
    private void Set(byte[] key, in RowCell<TRow> old, in RowCell<TRow> cell)
    {
        if (_indexes.Length == 0)
        {
            _rows.Set(key, cell, out _);
            _hash += cell.Hash - old.Hash;
            return;
        }

        // The keys of the indexes first: they are written by the module's code, and when that throws, nothing has been changed.
        Span<int> ends = stackalloc int[2 * _indexes.Length];
        var keys = new StateKeyBuilder(stackalloc byte[512]);
        WriteIndexKeys(old.Row, cell.Row, key, ref keys, ends);
        _rows.Set(key, cell, out _);
        _hash += cell.Hash - old.Hash;
        UpdateIndexes(keys.Bytes, ends, cell.Row);
        keys.Dispose();
    }

    private byte[] Unset(ReadOnlySpan<byte> key, out RowCell<TRow> old)
    {
        bool removed = _rows.Remove(key, out TreeEntry<RowCell<TRow>> entry);
        Invariant.Check(removed, $"a row of {_table} that is to be removed is not there");
        byte[] primaryKey = entry.Key;
        old = Unpacked(entry);
        Span<int> ends = stackalloc int[2 * _indexes.Length];
        var keys = new StateKeyBuilder(stackalloc byte[512]);
        WriteIndexKeys(old.Row, null, primaryKey, ref keys, ends);
        _hash -= old.Hash;
        UpdateIndexes(keys.Bytes, ends, null);
        keys.Dispose();
        return primaryKey;
    }

    // A command looks at a row and then puts another one in its place: the last one that was unpacked is kept at hand.
    private RowCell<TRow> Unpacked(in TreeEntry<RowCell<TRow>> entry)
    {
        if (!entry.IsPacked)
        {
            return entry.Value;
        }

        if (!entry.IsSamePacked(_unpackedPage, _unpackedStart))
        {
            _unpacked = _table.Packer!.Unpack(entry);
            (_unpackedPage, _unpackedStart) = (entry.Page, entry.Start);
        }

        return entry.Value with { Row = _unpacked! };
    }

    // Writes, for each index, the old row's key and the new row's; ends holds where each of them ends.
    private void WriteIndexKeys(TRow? old, TRow? row, byte[] primaryKey, ref StateKeyBuilder keys, Span<int> ends)
    {
        for (int i = 0; i < _indexes.Length; i++)
        {
            WriteIndexKey(_table.Indexes[i], old, primaryKey, ref keys);
            ends[2 * i] = keys.Bytes.Length;
            WriteIndexKey(_table.Indexes[i], row, primaryKey, ref keys);
            ends[(2 * i) + 1] = keys.Bytes.Length;
        }
    }

    private void UpdateIndexes(ReadOnlySpan<byte> keys, ReadOnlySpan<int> ends, TRow? row)
    {
        int start = 0;
        for (int i = 0; i < _indexes.Length; i++)
        {
            ReadOnlySpan<byte> oldKey = keys[start..ends[2 * i]];
            ReadOnlySpan<byte> newKey = keys[ends[2 * i]..ends[(2 * i) + 1]];
            start = ends[(2 * i) + 1];
            if (!oldKey.IsEmpty && !oldKey.SequenceEqual(newKey))
            {
                _indexes[i].Remove(oldKey, out _);
            }

            if (!newKey.IsEmpty)
            {
                _indexes[i].Set(newKey, new IndexCell<TRow>(row!), out _);
            }
        }
    }

    // The primary key follows the index key: rows that share an index key stay apart, in primary-key order.
    private static void WriteIndexKey(StateIndex<TRow> index, TRow? row, byte[] primaryKey, ref StateKeyBuilder keys)
    {
        if (row is null)
        {
            return;
        }

        int start = keys.Bytes.Length;
        index.WriteKey(row, ref keys);
        if (keys.Bytes.Length < start)
        {
            throw new InvalidOperationException($"Index {index.Name} of table {index.Table} clears the key builder that it is given.");
        }

        if (keys.Bytes.Length > start)
        {
            keys.Append(primaryKey);
        }
    }
}
