using Discovery.Protocol;
using Discovery.Storage;
using Discovery.Testing;

namespace Discovery.Driver;

/// <summary>When the core hears what became of a snapshot: until then it sends no other one to that peer.</summary>
public sealed class LoaderTests
{
    private static readonly TimeSpan[] s_pauses =
        [.. ((double[])[0.2, 0.4, 0.8, 1.6, 3.2, 5, 5]).Select(static seconds => TimeSpan.FromSeconds(seconds))];

    private static readonly RaftMember s_one = new(LogRig.Other, MemberRole.Voter);
    private static readonly RaftMember s_two = new(LogRig.Self, MemberRole.Learner);

    private readonly SimulationKernel _kernel = new();
    private readonly SimulatedDisk _disk = new();
    private readonly AloneTransport _transport = new();
    private TaskCompletionSource _told = new();

    [Fact]
    public void SendSnapshot_ThatFails_IsToldAfterAPauseThatGrowsToFiveSeconds() => Run(async loader =>
    {
        Lose();
        foreach (TimeSpan pause in s_pauses)
        {
            Assert.Equal(pause, await SendAsync(loader, s_one));
        }

        Assert.Equal(s_pauses[0], await SendAsync(loader, s_two));
        Assert.Equal(s_pauses[^1], await SendAsync(loader, s_one));
    });

    [Fact]
    public void SendSnapshot_ThatGetsThere_IsToldAtOnceAndThePauseIsShortAgain() => Run(async loader =>
    {
        Lose();
        Assert.Equal(s_pauses[0], await SendAsync(loader, s_one));
        Assert.Equal(s_pauses[1], await SendAsync(loader, s_one));
        _transport.Snapshots = static _ => Task.CompletedTask;
        Assert.Equal(TimeSpan.Zero, await SendAsync(loader, s_one));
        Lose();
        Assert.Equal(s_pauses[0], await SendAsync(loader, s_one));
    });

    [Fact]
    public void SendSnapshot_ThatCannotBeRead_IsToldAfterAPauseToo() => Run(async loader =>
    {
        _disk.Plant(Assert.Single(_disk.Paths, static path => path.Contains("/snapshots/", StringComparison.Ordinal)), null);
        Assert.Equal(s_pauses[0], await SendAsync(loader, s_one));
        Assert.Equal(s_pauses[1], await SendAsync(loader, s_one));
    });

    private void Lose() => _transport.Snapshots = static _ => Task.FromException(new IOException("the connection failed"));

    // How long it takes until the core hears of it.
    private async Task<TimeSpan> SendAsync(Loader loader, RaftMember peer)
    {
        TimeSpan began = _kernel.Time.Elapsed;
        _told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        loader.SendSnapshot(peer, term: 1);
        await _told.Task;
        return _kernel.Time.Elapsed - began;
    }

    private void Run(Func<Loader, Task> body) => _kernel.Run(async () =>
    {
        await using LogStore log = await LogRig.OpenAsync(_disk);
        SnapshotStore store = await SnapshotStore.OpenAsync(_disk, "/data/raft/snapshots");
        await store.WriteAsync(LogRig.Snapshot(9, 2), static _ => { });
        NodeRuntime runtime = _kernel.CreateRuntime();
        StateMachine machine = new([], new StateMachineOptions());
        var parts = new RaftParts
        {
            StateMachine = machine,
            Runtime = runtime,
            Log = log,
            Recovered = log.Recovered,
            Snapshots = new RaftSnapshots(store, machine, runtime),
            Transport = _transport,
            Core = new RaftCoreOptions(),
            Options = new RaftLogOptions(),
            NodeName = "node-1",
            NewId = () => LedgerNode.Lineage,
            Seed = 1,
        };
        await body(new Loader(parts, new RaftInbox(messagesMax: 1, () => _told.TrySetResult()), CancellationToken.None));
    });
}
