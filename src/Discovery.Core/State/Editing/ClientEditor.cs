using System.Buffers.Binary;
using Discovery.State.Trees;

namespace Discovery.State;

/// <summary>
/// The deduplication table for the length of one batch: (client, sequence) → outcome. Bounded per client by a window of sequence numbers,
/// and in all by the number of clients and of outcomes; the client that was silent longest goes first.
/// </summary>
internal sealed class ClientEditor
{
    public const int ClientsMax = 4096;
    public const int WindowSequences = 1024;
    public const int OutcomesMax = 262_144;
    private const ulong LastUseGranularity = 256;
    internal const ulong ClientSeed = 0x436C69656E74;
    internal const ulong OutcomeSeed = 0x4F7574636F6D65;
    private const int IdBytes = 16;
    private const int OutcomeKeyBytes = IdBytes + sizeof(ulong);
    private const ulong StepsMax = 16;

    private readonly TreeEditor<RowCell<ClientRow>> _clients;
    private readonly TreeEditor<RowCell<CommandOutcome>> _outcomes;
    private readonly TreeEditor<IndexCell<Guid>> _byLastUse;
    private ulong _hash;

    public ClientEditor(ClientRoot root)
    {
        _clients = new TreeEditor<RowCell<ClientRow>>(root.Clients);
        _outcomes = new TreeEditor<RowCell<CommandOutcome>>(root.Outcomes);
        _byLastUse = new TreeEditor<IndexCell<Guid>>(root.ByLastUse);
        _hash = root.Hash;
    }

    public ClientRoot ToRoot() => new(_clients.ToTree(), _outcomes.ToTree(), _byLastUse.ToTree(), _hash);

    /// <summary>Finds the answer that an entry must get without being applied; false when it is to be applied.</summary>
    public bool TryAnswer(Guid client, ulong sequence, ulong index, out CommandOutcome outcome)
    {
        Span<byte> key = stackalloc byte[OutcomeKeyBytes];
        WriteOutcomeKey(client, sequence, key);
        if (!_clients.TryGet(key[..IdBytes], out TreeEntry<RowCell<ClientRow>> row))
        {
            outcome = new CommandOutcome(index, CommandStatus.UnknownClient, default);
            return true;
        }

        ulong highest = row.Value.Row.HighestSequence;
        if (sequence <= highest && _outcomes.TryGet(key, out TreeEntry<RowCell<CommandOutcome>> known))
        {
            outcome = known.Value.Row;
            return true;
        }

        outcome = new CommandOutcome(index, CommandStatus.SequenceEvicted, default);
        return sequence < highest && highest - sequence >= WindowSequences;
    }

    public void Open(Guid client, ulong index)
    {
        if (_clients.TryGet(ClientKey(client), out _))
        {
            return;
        }

        while (_clients.Count >= ClientsMax)
        {
            EvictLeastRecent(except: null);
        }

        SetClient(client, default, new ClientRow(0, index));
    }

    /// <summary>Keeps the answer to a command, so that a repeated entry gets the same one.</summary>
    public void Record(Guid client, ulong sequence, CommandOutcome outcome)
    {
        Span<byte> key = stackalloc byte[OutcomeKeyBytes];
        WriteOutcomeKey(client, sequence, key);
        if (!_clients.TryGet(key[..IdBytes], out TreeEntry<RowCell<ClientRow>> entry))
        {
            // The command itself has evicted its client: it opened another one while the table was full.
            return;
        }

        ClientRow row = entry.Value.Row;
        SetOutcome(key, outcome);
        ulong highest = Math.Max(row.HighestSequence, sequence);
        ulong lastUsed = outcome.Index - row.LastUsedIndex >= LastUseGranularity ? outcome.Index : row.LastUsedIndex;
        if (highest != row.HighestSequence || lastUsed != row.LastUsedIndex)
        {
            SetClient(client, entry, new ClientRow(highest, lastUsed));
        }

        if (highest > WindowSequences && highest != row.HighestSequence)
        {
            DropWindow(client, row.HighestSequence, highest);
        }

        while (_outcomes.Count > OutcomesMax && _clients.Count > 1)
        {
            EvictLeastRecent(except: client);
        }
    }

    public void LoadClient(Guid client, ClientRow row) => SetClient(client, default, row);

    public void LoadOutcome(Guid client, ulong sequence, CommandOutcome outcome)
    {
        Span<byte> key = stackalloc byte[OutcomeKeyBytes];
        WriteOutcomeKey(client, sequence, key);
        SetOutcome(key, outcome);
    }

    public static (Guid Client, ulong Sequence) ReadOutcomeKey(ReadOnlySpan<byte> key) =>
        (new Guid(key[..IdBytes], bigEndian: true), BinaryPrimitives.ReadUInt64BigEndian(key[IdBytes..]));

    public static Guid ReadClientKey(ReadOnlySpan<byte> key) => new(key, bigEndian: true);

    private static byte[] ClientKey(Guid client) => client.ToByteArray(bigEndian: true);

    private static void WriteOutcomeKey(Guid client, ulong sequence, Span<byte> key)
    {
        client.TryWriteBytes(key, bigEndian: true, out _);
        BinaryPrimitives.WriteUInt64BigEndian(key[IdBytes..], sequence);
    }

    private static byte[] LastUseKey(ulong index, Guid client)
    {
        var key = new byte[sizeof(ulong) + IdBytes];
        BinaryPrimitives.WriteUInt64BigEndian(key, index);
        client.TryWriteBytes(key.AsSpan(sizeof(ulong)), bigEndian: true, out _);
        return key;
    }

    private void SetClient(Guid client, in TreeEntry<RowCell<ClientRow>> old, ClientRow row)
    {
        Span<byte> value = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(value, row.HighestSequence);
        byte[] key = old.Key ?? ClientKey(client);
        ulong hash = StateHash.OfEntry(ClientSeed, key, row.LastUsedIndex, value);
        _clients.Set(key, new RowCell<ClientRow>(row, row.LastUsedIndex, hash), out _);
        _hash += hash - old.Value.Hash;
        ClientRow? oldRow = old.Value.Row;
        if (oldRow?.LastUsedIndex == row.LastUsedIndex)
        {
            return;
        }

        if (oldRow is not null)
        {
            _byLastUse.Remove(LastUseKey(oldRow.LastUsedIndex, client), out _);
        }

        _byLastUse.Set(LastUseKey(row.LastUsedIndex, client), new IndexCell<Guid>(client), out _);
    }

    private void SetOutcome(ReadOnlySpan<byte> key, CommandOutcome outcome)
    {
        ulong hash = StateHash.OfEntry(OutcomeSeed + (ulong)outcome.Status, key, outcome.Index, outcome.Result.Span);
        _outcomes.Set(key, new RowCell<CommandOutcome>(outcome, outcome.Index, hash), out TreeEntry<RowCell<CommandOutcome>> old);
        _hash += hash - old.Value.Hash;
    }

    // The window has moved from below one highest sequence to below another; in order, one outcome leaves for each that comes.
    private void DropWindow(Guid client, ulong oldHighest, ulong highest)
    {
        ulong upTo = highest - WindowSequences;
        if (highest - oldHighest > StepsMax)
        {
            DropOutcomes(client, upTo);
            return;
        }

        Span<byte> key = stackalloc byte[OutcomeKeyBytes];
        for (ulong sequence = oldHighest > WindowSequences ? oldHighest - WindowSequences + 1 : 1; sequence <= upTo; sequence++)
        {
            WriteOutcomeKey(client, sequence, key);
            if (_outcomes.Remove(key, out TreeEntry<RowCell<CommandOutcome>> old))
            {
                _hash -= old.Value.Hash;
            }
        }
    }

    private void DropOutcomes(Guid client, ulong upTo)
    {
        var dropped = new List<byte[]>();
        foreach (TreeEntry<RowCell<CommandOutcome>> entry in _outcomes.Scan(ClientKey(client)))
        {
            if (ReadOutcomeKey(entry.Key).Sequence > upTo)
            {
                break;
            }

            dropped.Add(entry.Key);
        }

        RemoveOutcomes(dropped);
    }

    private void EvictLeastRecent(Guid? except)
    {
        foreach (TreeEntry<IndexCell<Guid>> entry in _byLastUse.Scan([]))
        {
            if (entry.Value.Row == except)
            {
                continue;
            }

            Evict(entry.Value.Row, entry.Key);
            return;
        }

        Invariant.Check(false, "no client is left to evict");
    }

    private void Evict(Guid client, byte[] lastUseKey)
    {
        DropOutcomes(client, ulong.MaxValue);
        _byLastUse.Remove(lastUseKey, out _);
        bool removed = _clients.Remove(ClientKey(client), out TreeEntry<RowCell<ClientRow>> old);
        Invariant.Check(removed, "the order of last use names an unknown client");
        _hash -= old.Value.Hash;
    }

    private void RemoveOutcomes(List<byte[]> keys)
    {
        foreach (byte[] key in keys)
        {
            _outcomes.Remove(key, out TreeEntry<RowCell<CommandOutcome>> old);
            _hash -= old.Value.Hash;
        }
    }
}
