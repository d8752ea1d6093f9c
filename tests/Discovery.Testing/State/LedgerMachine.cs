using System.Buffers;

namespace Discovery.Testing;

/// <summary>A state machine with a ledger, driven entry by entry, without any log.</summary>
public sealed class LedgerMachine
{
    private readonly List<StateEntry> _pending = [];
    private ulong _next;

    /// <summary>Creates a machine that has its lineage (entry 1) and one open client (entry 2).</summary>
    public LedgerMachine(LedgerModule? ledger = null, StateMachineOptions? options = null, params IStateModule[] more)
    {
        Ledger = ledger ?? new LedgerModule();
        Machine = new StateMachine([Ledger, .. more], options ?? new StateMachineOptions());
        Apply(SystemCommand.BeginLineage, LedgerNode.Lineage.ToByteArray(bigEndian: true));
        Apply(SystemCommand.OpenClient, Client.ToByteArray(bigEndian: true));
    }

    /// <summary>The open client.</summary>
    public static Guid Client { get; } = new("aaaaaaaa-0000-0000-0000-000000000001");

    /// <summary>The module.</summary>
    public LedgerModule Ledger { get; }

    /// <summary>The state machine.</summary>
    public StateMachine Machine { get; }

    /// <summary>The state now.</summary>
    public StateSnapshot State => Machine.Current;

    /// <summary>The cluster time of the next entries.</summary>
    public TimeSpan ClusterTime { get; set; }

    /// <summary>Encodes an entry.</summary>
    public static StateEntry Entry(
        ulong index, TimeSpan time, ushort command, ReadOnlyMemory<byte> body, ulong sequence = 0, Guid? client = null)
    {
        ArrayBufferWriter<byte> bytes = new();
        new CommandEnvelope(time, DateTimeOffset.UnixEpoch + time, client ?? Client, sequence, command, body).WriteTo(bytes);
        return new StateEntry(index, bytes.WrittenMemory);
    }

    /// <summary>Encodes a command's body.</summary>
    public static ReadOnlyMemory<byte> Body<TCommand, TResult>(StateCommand<TCommand, TResult> command, TCommand value)
    {
        ArgumentNullException.ThrowIfNull(command);
        ArrayBufferWriter<byte> body = new();
        command.Codec.Write(value, body);
        return body.WrittenMemory;
    }

    /// <summary>Applies one entry as a batch of its own.</summary>
    public CommandOutcome Apply(ushort command, ReadOnlyMemory<byte> body, ulong sequence = 0, Guid? client = null)
    {
        Add(command, body, sequence, client);
        return Flush()[0];
    }

    /// <summary>Applies a script as a batch of its own.</summary>
    public CommandOutcome Run(params LedgerStep[] steps) => Apply(Ledger.Script.Id, Body(Ledger.Script, steps));

    /// <summary>Puts one item.</summary>
    public CommandOutcome Put(string name, string group, long value) => Run(new LedgerStep(LedgerAction.Put, name, group, value));

    /// <summary>Deletes one item.</summary>
    public CommandOutcome Delete(string name) => Run(new LedgerStep(LedgerAction.Delete, name));

    /// <summary>Adds an entry to the batch that <see cref="Flush"/> applies.</summary>
    public void Add(ushort command, ReadOnlyMemory<byte> body, ulong sequence = 0, Guid? client = null) =>
        _pending.Add(Entry(Math.Max(_next, State.Index + 1 + (ulong)_pending.Count), ClusterTime, command, body, sequence, client));

    /// <summary>Lets the next entry have this index or a higher one: real logs have gaps.</summary>
    public void Skip(ulong to) => _next = to;

    /// <summary>Applies what was added.</summary>
    public CommandOutcome[] Flush()
    {
        var outcomes = new CommandOutcome[_pending.Count];
        StateEntry[] entries = [.. _pending];
        _pending.Clear();
        Machine.Apply(entries, outcomes);
        return outcomes;
    }

    /// <summary>The snapshot of the state now.</summary>
    public byte[] Snapshot()
    {
        using MemoryStream stream = new();
        Machine.WriteSnapshot(stream);
        return stream.ToArray();
    }
}
