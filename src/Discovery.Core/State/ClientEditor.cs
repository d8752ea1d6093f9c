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
    private const ulong ClientSeed = 0x436C69656E74;
    private const ulong OutcomeSeed = 0x4F7574636F6D65;
    private const int IdBytes = 16;

    private readonly TreeEditor<ClientRow> _clients;
    private readonly TreeEditor<CommandOutcome> _outcomes;
    private readonly TreeEditor<Guid> _byLastUse;
    private ulong _hash;

    public ClientEditor(ClientRoot root)
    {
        _clients = new TreeEditor<ClientRow>(root.Clients);
        _outcomes = new TreeEditor<CommandOutcome>(root.Outcomes);
        _byLastUse = new TreeEditor<Guid>(root.ByLastUse);
        _hash = root.Hash;
    }

    public ClientRoot ToRoot() => new(_clients.ToTree(), _outcomes.ToTree(), _byLastUse.ToTree(), _hash);

    /// <summary>Finds the answer that an entry must get without being applied; false when it is to be applied.</summary>
    public bool TryAnswer(Guid client, ulong sequence, ulong index, out CommandOutcome outcome)
    {
        if (!_clients.TryGet(ClientKey(client), out TreeEntry<ClientRow> row))
        {
            outcome = new CommandOutcome(index, CommandStatus.UnknownClient, default);
            return true;
        }

        if (_outcomes.TryGet(OutcomeKey(client, sequence), out TreeEntry<CommandOutcome> known))
        {
            outcome = known.Value;
            return true;
        }

        outcome = new CommandOutcome(index, CommandStatus.SequenceEvicted, default);
        return sequence + WindowSequences <= row.Value.HighestSequence;
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

        SetClient(client, new ClientRow(0, index));
    }

    public void Record(Guid client, ulong sequence, CommandOutcome outcome)
    {
        bool known = _clients.TryGet(ClientKey(client), out TreeEntry<ClientRow> entry);
        Invariant.Check(known, "an outcome of an unknown client");
        ClientRow row = entry.Value;
        SetOutcome(client, sequence, outcome);
        ulong highest = Math.Max(row.HighestSequence, sequence);
        ulong lastUsed = outcome.Index - row.LastUsedIndex >= LastUseGranularity ? outcome.Index : row.LastUsedIndex;
        if (highest != row.HighestSequence || lastUsed != row.LastUsedIndex)
        {
            SetClient(client, new ClientRow(highest, lastUsed));
        }

        if (highest > WindowSequences && highest != row.HighestSequence)
        {
            DropOutcomes(client, highest - WindowSequences);
        }

        while (_outcomes.Count > OutcomesMax && _clients.Count > 1)
        {
            EvictLeastRecent(except: client);
        }
    }

    public void LoadClient(Guid client, ClientRow row) => SetClient(client, row);

    public void LoadOutcome(Guid client, ulong sequence, CommandOutcome outcome) => SetOutcome(client, sequence, outcome);

    public static (Guid Client, ulong Sequence) ReadOutcomeKey(ReadOnlySpan<byte> key) =>
        (new Guid(key[..IdBytes], bigEndian: true), BinaryPrimitives.ReadUInt64BigEndian(key[IdBytes..]));

    public static Guid ReadClientKey(ReadOnlySpan<byte> key) => new(key, bigEndian: true);

    private static byte[] ClientKey(Guid client) => client.ToByteArray(bigEndian: true);

    private static byte[] OutcomeKey(Guid client, ulong sequence)
    {
        var key = new byte[IdBytes + sizeof(ulong)];
        client.TryWriteBytes(key, bigEndian: true, out _);
        BinaryPrimitives.WriteUInt64BigEndian(key.AsSpan(IdBytes), sequence);
        return key;
    }

    private static byte[] LastUseKey(ulong index, Guid client)
    {
        var key = new byte[sizeof(ulong) + IdBytes];
        BinaryPrimitives.WriteUInt64BigEndian(key, index);
        client.TryWriteBytes(key.AsSpan(sizeof(ulong)), bigEndian: true, out _);
        return key;
    }

    private void SetClient(Guid client, ClientRow row)
    {
        Span<byte> value = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(value, row.HighestSequence);
        byte[] key = ClientKey(client);
        ulong hash = StateHash.OfEntry(ClientSeed, key, row.LastUsedIndex, value);
        bool known = _clients.Set(key, row, row.LastUsedIndex, hash, out TreeEntry<ClientRow> old);
        _hash += hash - old.Hash;
        if (known && old.Value.LastUsedIndex != row.LastUsedIndex)
        {
            _byLastUse.Remove(LastUseKey(old.Value.LastUsedIndex, client), out _);
        }

        if (!known || old.Value.LastUsedIndex != row.LastUsedIndex)
        {
            _byLastUse.Set(LastUseKey(row.LastUsedIndex, client), client, row.LastUsedIndex, 0, out _);
        }
    }

    private void SetOutcome(Guid client, ulong sequence, CommandOutcome outcome)
    {
        byte[] key = OutcomeKey(client, sequence);
        ulong hash = StateHash.OfEntry(OutcomeSeed + (ulong)outcome.Status, key, outcome.Index, outcome.Result.Span);
        _outcomes.Set(key, outcome, outcome.Index, hash, out TreeEntry<CommandOutcome> old);
        _hash += hash - old.Hash;
    }

    private void DropOutcomes(Guid client, ulong upTo)
    {
        var dropped = new List<byte[]>();
        foreach (ref readonly TreeEntry<CommandOutcome> entry in _outcomes.Scan(ClientKey(client)))
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
        foreach (ref readonly TreeEntry<Guid> entry in _byLastUse.Scan([]))
        {
            if (entry.Value == except)
            {
                continue;
            }

            Evict(entry.Value, entry.Key);
            return;
        }

        Invariant.Check(false, "no client is left to evict");
    }

    private void Evict(Guid client, byte[] lastUseKey)
    {
        DropOutcomes(client, ulong.MaxValue);
        _byLastUse.Remove(lastUseKey, out _);
        bool removed = _clients.Remove(ClientKey(client), out TreeEntry<ClientRow> old);
        Invariant.Check(removed, "the order of last use names an unknown client");
        _hash -= old.Hash;
    }

    private void RemoveOutcomes(List<byte[]> keys)
    {
        foreach (byte[] key in keys)
        {
            _outcomes.Remove(key, out TreeEntry<CommandOutcome> old);
            _hash -= old.Hash;
        }
    }
}
