using Discovery.Driver;
using Discovery.Protocol;
using Discovery.Storage;
using Discovery.Testing;

namespace Discovery.Transport;

/// <summary>A server of a rig with a real driver, log and state machine.</summary>
internal sealed class DrivenServer(TransportRig rig, int number) : IAsyncDisposable
{
    private readonly SimulatedDisk _disk = new(number, rig.Kernel.Time);
    private LogStore? _store;

    public RigServer Rig => rig.Servers[number - 1];

    public RaftDriver Driver { get; private set; } = null!;

    public RaftCommandLog Log { get; private set; } = null!;

    public LedgerModule Ledger { get; } = new();

    public StateSnapshot State => Log.StateMachine.Current;

    public async Task StartAsync(IReadOnlyList<RaftMember> members)
    {
        _store = await LogStore.OpenAsync(_disk, "/raft/log", Rig.Id.Node, Guid.Empty, Rig.Id.Log, snapshot: null);
        var parts = new RaftParts
        {
            StateMachine = new StateMachine([Ledger], new StateMachineOptions()),
            Runtime = rig.Kernel.CreateRuntime(),
            Log = _store,
            Recovered = await Bootstrap.RunAsync(_store, members),
            Snapshots = new NoSnapshots(),
            Transport = Rig.Transport,
            Core = new RaftCoreOptions(),
            Options = new RaftLogOptions(),
            NodeName = Rig.Identity.Name,
            NewId = static () => LedgerNode.Lineage,
            Seed = (ulong)number,
        };
        Driver = new RaftDriver(parts);
        Log = new RaftCommandLog(parts, Driver);
        Rig.Transport.Start(Driver);
        Driver.Start();
    }

    public async ValueTask DisposeAsync()
    {
        await Driver.DisposeAsync();
        await Rig.Transport.DisposeAsync();
        await _store!.DisposeAsync();
    }
}
