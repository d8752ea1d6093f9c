using System.Buffers;
using Discovery.Catalog;
using Discovery.KeyValue;
using Discovery.State;
using Discovery.Transactions;

namespace Discovery.Benchmarks.Store;

/// <summary>Makes the log that fills a store, and applies it.</summary>
internal sealed class StoreLoad
{
    public const int PutsPerCommand = 4_096;
    private const int ValueBytes = 64;
    private readonly CommandOutcome[] _outcomes = new CommandOutcome[1];
    private readonly ArrayBufferWriter<byte> _body = new();
    private readonly ArrayBufferWriter<byte> _entry = new();
    private readonly byte[] _value = new byte[ValueBytes];
    private readonly Random _random = new(9);
    private ulong _index = 1;

    public StoreLoad(long ringBytesMax = 0)
    {
        var catalog = new CatalogModule();
        Module = new KeyValueModule(new CatalogState(catalog));
        Machine = new StateMachine([catalog, Module], new StateMachineOptions { RingBytesMax = ringBytesMax });
        Apply(Encode(SystemCommand.BeginLineage, SystemCommands.EncodeGuid(new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11))));
    }

    public KeyValueModule Module { get; }

    public StateMachine Machine { get; }

    /// <summary>The entry that puts these keys, each with a value of its own; apply entries in the order they were made.</summary>
    public StateEntry Puts(ReadOnlySpan<byte[]> keys)
    {
        var puts = new List<TransactionOperation>(keys.Length);
        foreach (byte[] key in keys)
        {
            _random.NextBytes(_value);
            puts.Add(new KeyValueOperation(KeyValueVerb.Set, key) { Value = _value.AsSpan().ToArray() });
        }

        _body.ResetWrittenCount();
        Module.Transact.Codec.Write(new TransactionCommand(puts, ReturnsWritten: false), _body);
        return Encode(KeyValueModule.TransactId, _body.WrittenSpan.ToArray());
    }

    public void Apply(in StateEntry entry)
    {
        Machine.Apply([entry], _outcomes);
        Invariant.Check(_outcomes[0].Status == CommandStatus.Applied, "the load was refused");
    }

    public void Fill(byte[][] keys)
    {
        for (int from = 0; from < keys.Length; from += PutsPerCommand)
        {
            Apply(Puts(keys.AsSpan(from, Math.Min(PutsPerCommand, keys.Length - from))));
        }
    }

    private StateEntry Encode(ushort command, byte[] body)
    {
        _entry.ResetWrittenCount();
        var envelope = new CommandEnvelope(TimeSpan.FromMilliseconds(_index), DateTimeOffset.UnixEpoch, Guid.Empty, 0, command, body);
        envelope.WriteTo(_entry);
        return new StateEntry(++_index, _entry.WrittenSpan.ToArray());
    }
}
