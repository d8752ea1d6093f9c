using Discovery.Catalog;
using Discovery.KeyValue;

namespace Discovery.Testing;

/// <summary>A state machine with the package, driven entry by entry, and what it answered.</summary>
internal sealed class KeyValueReplica
{
    private readonly Func<KeyValueModule, IPeekingModule>? _plant;

    public KeyValueReplica(Func<KeyValueModule, IPeekingModule>? plant = null)
    {
        _plant = plant;
        var catalog = new CatalogModule();
        Module = new KeyValueModule(new CatalogState(catalog));
        IPeekingModule? planted = plant?.Invoke(Module);
        IStateModule[] modules = planted is null ? [catalog, Module] : [catalog, Module, planted];
        Machine = new LedgerMachine(null, null, modules);
        if (planted is not null)
        {
            planted.Machine = Machine.Machine;
        }
    }

    public LedgerMachine Machine { get; }

    public KeyValueModule Module { get; }

    public long RingBytes => Machine.Machine.Ring.Bytes;

    public List<(ulong Index, CommandStatus Status, string Result)> Outcomes { get; private init; } = [];

    public void Flush()
    {
        foreach (CommandOutcome outcome in Machine.Flush())
        {
            Outcomes.Add((outcome.Index, outcome.Status, Convert.ToHexString(outcome.Result.Span)));
        }
    }

    /// <summary>Another machine with the state of this one's snapshot.</summary>
    public KeyValueReplica Reborn()
    {
        var reborn = new KeyValueReplica(_plant) { Outcomes = Outcomes };
        reborn.Machine.Machine.Install(reborn.Read(Machine.Snapshot()));
        return reborn;
    }

    public StateSnapshot Read(byte[] snapshot) => Machine.Machine.ReadSnapshot(new MemoryStream(snapshot));
}
