using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Discovery.State.Trees;
using Discovery.Wire;

namespace Discovery.State.Snapshots;

/// <summary>Turns a state into the blocks of <see cref="SnapshotFormat"/>, one at a time.</summary>
internal sealed class SnapshotWriter : IDisposable
{
    private readonly StateSnapshot _snapshot;
    private readonly WireBuffer _records = new();
    private readonly byte[] _block =
        ArrayPool<byte>.Shared.Rent(SnapshotFormat.BlockHeaderBytes + LZ4Codec.MaximumOutputSize(SnapshotFormat.BlockBytesMax));

    private ulong _blocks;
    private ulong _bytes;
    private int _recordStart;

    public SnapshotWriter(StateSnapshot snapshot) => _snapshot = snapshot;

    /// <summary>The bytes of the snapshot in order; each piece is valid until the next is asked for.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Pieces()
    {
        yield return Header();
        foreach (bool _ in Records())
        {
            while (_records.WrittenCount >= SnapshotFormat.BlockBytesMax)
            {
                yield return NextBlock(SnapshotFormat.BlockBytesMax);
            }
        }

        if (_records.WrittenCount > 0)
        {
            yield return NextBlock(_records.WrittenCount);
        }

        yield return Trailer();
    }

    public void Dispose()
    {
        _records.Dispose();
        ArrayPool<byte>.Shared.Return(_block);
    }

    // One step per record.
    private IEnumerable<bool> Records()
    {
        yield return WriteMeta(_snapshot.Meta);
        for (int i = 0; i < _snapshot.Schema.ModuleNames.Length; i++)
        {
            yield return WriteModule(_snapshot.Schema.ModuleNames[i], _snapshot.Meta.SchemaVersions[i]);
        }

        foreach (TableRoot table in _snapshot.Tables)
        {
            yield return WriteSection(SnapshotFormat.Table, table.ChangeIndex, table.Count, table.Table.FullName);
            foreach (bool _ in table.WriteRows(this))
            {
                yield return true;
            }
        }

        foreach (StateTopicSpace space in _snapshot.Schema.TopicSpaces)
        {
            PersistentTree<TopicCell> topics = _snapshot.Topics.Spaces[space.Id];
            yield return WriteSection(SnapshotFormat.TopicSpace, _snapshot.Topics.Floors[space.Id], topics.Count, space.FullName);
            TreeCursor<TopicCell> cursor = topics.Scan([]);
            while (cursor.MoveNext())
            {
                yield return WriteTopic(cursor.Current);
            }
        }

        ClientRoot clients = _snapshot.Clients;
        yield return WriteSection(SnapshotFormat.Clients, (ulong)clients.Clients.Count, clients.Outcomes.Count, "");
        TreeCursor<RowCell<ClientRow>> clientCursor = clients.Clients.Scan([]);
        while (clientCursor.MoveNext())
        {
            yield return WriteClient(clientCursor.Current);
        }

        TreeCursor<RowCell<CommandOutcome>> outcomeCursor = clients.Outcomes.Scan([]);
        while (outcomeCursor.MoveNext())
        {
            yield return WriteOutcome(outcomeCursor.Current);
        }
    }

    private bool WriteMeta(StateMeta meta)
    {
        Begin(SnapshotFormat.Meta);
        Write(meta.Index);
        Write(meta.Lineage.ToByteArray(bigEndian: true));
        Write(meta.RestoreIndex);
        Write((ulong)meta.ClusterTime.Ticks);
        Write((ulong)meta.WallTime.UtcTicks);
        if (meta.Ahead != 0)
        {
            Write(meta.Ahead);
        }

        return End();
    }

    private bool WriteModule(string name, int version)
    {
        Begin(SnapshotFormat.Module);
        BinaryPrimitives.WriteInt32LittleEndian(Take(sizeof(int)), version);
        Write(Encoding.UTF8.GetBytes(name));
        return End();
    }

    private bool WriteSection(byte kind, ulong number, int count, string name)
    {
        Begin(kind);
        Write(number);
        Write((ulong)count);
        Write(Encoding.UTF8.GetBytes(name));
        return End();
    }

    public bool WriteRow<TRow>(in TreeEntry<RowCell<TRow>> entry, IStateCodec<TRow> codec)
    {
        Begin(SnapshotFormat.Row);
        Write(entry.Value.Index);
        ReadOnlySpan<byte> key = entry.KeySpan;
        BinaryPrimitives.WriteInt32LittleEndian(Take(sizeof(int)), key.Length);
        Write(key);
        if (entry.IsPacked)
        {
            Write(entry.Packed);
        }
        else
        {
            codec.Write(entry.Value.Row, _records);
        }

        return End();
    }

    private bool WriteTopic(in TreeEntry<TopicCell> entry)
    {
        Begin(SnapshotFormat.Topic);
        Write(entry.Value.Index);
        Take(1)[0] = entry.Value.IsAbsent ? (byte)1 : (byte)0;
        Write(entry.Key);
        return End();
    }

    private bool WriteClient(in TreeEntry<RowCell<ClientRow>> entry)
    {
        Begin(SnapshotFormat.Client);
        Write(entry.Key);
        Write(entry.Value.Row.HighestSequence);
        Write(entry.Value.Row.LastUsedIndex);
        return End();
    }

    private bool WriteOutcome(in TreeEntry<RowCell<CommandOutcome>> entry)
    {
        Begin(SnapshotFormat.Outcome);
        (Guid client, ulong sequence) = ClientEditor.ReadOutcomeKey(entry.Key);
        Write(client.ToByteArray(bigEndian: true));
        Write(sequence);
        Write(entry.Value.Index);
        Take(1)[0] = (byte)entry.Value.Row.Status;
        Write(entry.Value.Row.Result.Span);
        return End();
    }

    private void Begin(byte kind)
    {
        _recordStart = _records.WrittenCount;
        Take(sizeof(int));
        Take(1)[0] = kind;
    }

    private bool End()
    {
        int length = _records.WrittenCount - _recordStart - sizeof(int);
        Invariant.Check(length <= SnapshotFormat.RecordBytesMax, "a record is too large for a snapshot");
        BinaryPrimitives.WriteInt32LittleEndian(_records.GetWritten(_recordStart, sizeof(int)), length);
        return true;
    }

    private void Write(ReadOnlySpan<byte> bytes) => _records.Write(bytes);

    private void Write(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Take(sizeof(ulong)), value);

    private Span<byte> Take(int count)
    {
        Span<byte> span = _records.GetSpan(count)[..count];
        _records.Advance(count);
        return span;
    }

    private Memory<byte> Header()
    {
        SnapshotFormat.Magic.CopyTo(_block);
        BinaryPrimitives.WriteInt32LittleEndian(_block.AsSpan(8), SnapshotFormat.Version);
        BinaryPrimitives.WriteUInt32LittleEndian(_block.AsSpan(12), Crc32C.Compute(_block.AsSpan(0, 12)));
        return _block.AsMemory(0, SnapshotFormat.HeaderBytes);
    }

    // Encodes the first bytes of what is pending; the rest, of which there is little, moves to the front.
    private Memory<byte> NextBlock(int length)
    {
        ReadOnlySpan<byte> plain = _records.WrittenSpan[..length];
        Span<byte> stored = _block.AsSpan(SnapshotFormat.BlockHeaderBytes);
        int storedLength = LZ4Codec.Encode(plain, stored);
        if (storedLength < 0 || storedLength >= length)
        {
            plain.CopyTo(stored);
            storedLength = length;
        }

        int rest = _records.WrittenCount - length;
        _records.WrittenSpan[length..].CopyTo(_records.GetWritten(0, rest));
        _records.Truncate(rest);
        _bytes += (ulong)length;
        return Seal(length, storedLength);
    }

    private Memory<byte> Trailer()
    {
        Span<byte> stored = _block.AsSpan(SnapshotFormat.BlockHeaderBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(stored, _bytes);
        BinaryPrimitives.WriteUInt64LittleEndian(stored[sizeof(ulong)..], _snapshot.ComputeHash());
        return Seal(0, SnapshotFormat.TrailerBytes);
    }

    private Memory<byte> Seal(int length, int storedLength)
    {
        Span<byte> block = _block;
        BinaryPrimitives.WriteInt32LittleEndian(block, length);
        BinaryPrimitives.WriteInt32LittleEndian(block[4..], storedLength);
        uint checksum = SnapshotFormat.Checksum(_blocks++, block[..8], block.Slice(SnapshotFormat.BlockHeaderBytes, storedLength));
        BinaryPrimitives.WriteUInt32LittleEndian(block[8..], checksum);
        return _block.AsMemory(0, SnapshotFormat.BlockHeaderBytes + storedLength);
    }
}
