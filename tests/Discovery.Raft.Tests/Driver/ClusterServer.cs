using Discovery.Protocol;
using Discovery.Storage;
using Discovery.Testing;
using Discovery.Transport;

namespace Discovery.Driver;

/// <summary>One server of a simulated cluster: its disk outlives it.</summary>
internal sealed class ClusterServer(ClusterRig rig, int number) : IRaftTransport
{
    private NetworkEndpoint<RaftMessage>? _endpoint;
    private LogStore? _store;
    private int _lives;

    public string Name => $"node-{number}";

    public Guid NodeId { get; } = Number(number);

    public VoterId Id => new(NodeId, Number(number + 100));

    /// <summary>Whether proposals that are forwarded to it are lost on their way.</summary>
    public bool AnswersNobody { get; set; }

    /// <summary>Whether the members that it starts with have it as a witness.</summary>
    public bool IsWitness => rig.Members.Contains(new RaftMember(Id, MemberRole.Witness));

    /// <summary>Whether what others send is here and not read.</summary>
    public bool IsBehind { get; set; }

    /// <summary>Whether entries get to it.</summary>
    public bool AcceptsEntries { get; set; } = true;

    /// <summary>What it has told of a single copy: whether it began, and whether this server led then.</summary>
    public List<(bool IsSingle, bool IsLeading)> SingleCopies { get; } = [];

    public SimulatedDisk Disk { get; private set; } = new(number, rig.Kernel.Time);

    public RaftDriver Driver { get; private set; } = null!;

    public RaftCommandLog Log { get; private set; } = null!;

    public LedgerModule Ledger { get; private set; } = new();

    public StateSnapshot State => Log.StateMachine.Current;

    public async Task StartAsync(IReadOnlyList<RaftMember> members)
    {
        _lives++;
        Ledger = new LedgerModule();
        var options = new LogStoreOptions { IsWitness = IsWitness };
        _store = await LogStore.OpenAsync(Disk, "/raft/log", NodeId, Guid.Empty, Id.Log, snapshot: null, options);
        RecoveredLog recovered = Bootstrap.IsFresh(_store.Recovered) ? await Bootstrap.RunAsync(_store, members) : _store.Recovered;
        var machine = new StateMachine([Ledger], new StateMachineOptions());
        if (IsWitness)
        {
            machine.KeepNoState(static () => new DiscoveryException(DiscoveryError.Witness, "a witness"));
        }

        var parts = new RaftParts
        {
            StateMachine = machine,
            Runtime = rig.Kernel.CreateRuntime(),
            Log = _store,
            Recovered = recovered,
            Snapshots = new NoSnapshots(),
            Transport = this,
            Core = new RaftCoreOptions(),
            Options = new RaftLogOptions(),
            NodeName = Name,
            NewId = () => LedgerNode.Lineage,
            Seed = (ulong)((number * 1000) + _lives),
            SingleCopyChanged = (isSingle, isLeading) => SingleCopies.Add((isSingle, isLeading)),
        };
        Driver = new RaftDriver(parts);
        Log = new RaftCommandLog(parts, Driver);
        _endpoint = rig.Network.Attach(Name);
        _ = rig.Kernel.Start(() => ReceiveAsync(_endpoint, Driver));
        Driver.Start();
    }

    /// <summary>Power fails: what was not synced may be lost.</summary>
    public void Crash()
    {
        _endpoint!.Detach();
        foreach (ClusterServer other in rig.Servers.Where(other => other != this))
        {
            other.Driver.Disconnected(Id);
        }

        Disk = Disk.Crashed((number * 1000) + _lives);
        Driver.Abandon();
    }

    public async Task StopAsync()
    {
        await Driver.DisposeAsync();
        _endpoint!.Detach();
        await _store!.DisposeAsync();
    }

    public bool HasUnread(VoterId from) => IsBehind;

    public void Send(RaftMessage message) => _endpoint!.Send(rig.NameOf(message.To), message);

    public async ValueTask<ProposalResult> ForwardAsync(
        VoterId leader, ForwardedProposal proposal, CancellationToken cancellationToken)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(1), rig.Kernel.Time, CancellationToken.None);
        if (rig.Server(leader).AnswersNobody)
        {
            var given = new TaskCompletionSource<ProposalResult>(TaskCreationOptions.RunContinuationsAsynchronously);
            await using (cancellationToken.UnsafeRegister(
                static state => ((TaskCompletionSource<ProposalResult>)state!).TrySetResult(
                    ProposalResult.Unknown(ProposalRefusal.Cancelled)), given))
            {
                return await given.Task;
            }
        }

        return await rig.Server(leader).Driver.ProposeForwardedAsync(proposal, cancellationToken);
    }

    public Task SendSnapshotAsync(VoterId to, ulong term, SnapshotMeta meta, Stream snapshot, CancellationToken cancellationToken) =>
        throw new IOException("no snapshots here");

    public string? NameOf(VoterId id) => rig.NameOf(id);

    private async Task ReceiveAsync(NetworkEndpoint<RaftMessage> endpoint, RaftDriver driver)
    {
        while (await endpoint.Inbox.WaitToReadAsync())
        {
            while (endpoint.Inbox.TryRead(out NetworkMessage<RaftMessage> message))
            {
                if (AcceptsEntries || message.Body is not AppendRequest)
                {
                    driver.Receive(message.Body);
                }
            }
        }
    }

    private static Guid Number(int number) => new(number, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte)number);
}
