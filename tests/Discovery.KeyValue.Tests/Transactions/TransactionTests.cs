using System.Text;
using Discovery.Testing;

namespace Discovery.Transactions;

public sealed class TransactionTests
{
    [Fact]
    public void Failure_OfOneStep_MovesNoIndexAndTellsAllFailures() => Run(async node =>
    {
        await node.Store.PutAsync("a", Bytes("1"));
        ulong index = node.State.Current.IndexOf(StateTopic.ForTable(node.Module.Keys.Entries));
        ulong hashOfTopics = node.State.Current.IndexOf(StateTopic.ForPrefix(node.Module.Keys.Keys, default));
        TransactionResult result = await node.Store.TransactAsync(
        [
            new KeyValueOperation(KeyValueVerb.Set, "b") { Value = Bytes("2") },
            new KeyValueOperation(KeyValueVerb.CheckIndex, "a") { Index = 999 },
            new KeyValueOperation(KeyValueVerb.Get, "b"),
            new KeyValueOperation(KeyValueVerb.CheckNotExists, "b"),
            new NodeOperation(CatalogVerb.Set, new CatalogNode { Name = "n9", Address = "10.0.0.9", Datacenter = "dc1" }),
            new KeyValueOperation(KeyValueVerb.Delete, "a"),
        ]);

        Assert.False(result.IsApplied);
        Assert.Empty(result.Items);
        Assert.Equal(
            [(1, TransactionRefusal.IndexMismatch), (3, TransactionRefusal.Exists)],
            result.Failures.Select(static f => (f.Operation, f.Refusal)));
        Assert.Equal("1", Encoding.UTF8.GetString(node.Store.Get("a")!.Value.Span));
        Assert.Null(node.Store.Get("b"));
        Assert.Null(node.State.Current.Get(node.Catalog.Nodes, CatalogState.NodeKey("n9")));
        Assert.Equal(index, node.State.Current.IndexOf(StateTopic.ForTable(node.Module.Keys.Entries)));
        Assert.Equal(hashOfTopics, node.State.Current.IndexOf(StateTopic.ForPrefix(node.Module.Keys.Keys, default)));
    });

    [Fact]
    public void Steps_SeeWhatTheEarlierOnesDid_AlsoToSessions() => Run(async node =>
    {
        await node.AddNodeAsync("n2", ("c", CheckStatus.Passing));
        SessionEntry session = await node.Sessions.CreateAsync(
            new SessionCreation { Node = "n2", NodeChecks = ["c"], LockDelay = TimeSpan.Zero, Behavior = SessionBehavior.Delete });
        await node.Store.PutAsync("k", Bytes("v"), new KeyValuePut { Acquire = session.Id });
        var critical = new CatalogCheck { Node = "n2", CheckId = "c", Name = "c", Status = CheckStatus.Critical };

        TransactionResult result = await node.Store.TransactAsync(
        [
            new CheckOperation(CatalogVerb.Set, critical),
            new KeyValueOperation(KeyValueVerb.CheckNotExists, "k"),
            new KeyValueOperation(KeyValueVerb.Set, "k") { Value = Bytes("free") },
        ]);
        Assert.True(result.IsApplied);
        Assert.Equal("free", Encoding.UTF8.GetString(node.Store.Get("k")!.Value.Span));

        TransactionResult late = await node.Store.TransactAsync(
            [new KeyValueOperation(KeyValueVerb.Lock, "k") { Session = session.Id }]);
        Assert.Equal(TransactionRefusal.SessionUnknown, Assert.Single(late.Failures).Refusal);
    });

    [Fact]
    public void Failure_AfterASessionEnded_BringsItBack() => Run(async node =>
    {
        await node.AddNodeAsync("n2", ("c", CheckStatus.Passing));
        SessionEntry session = await node.Sessions.CreateAsync(new SessionCreation { Node = "n2", NodeChecks = ["c"] });
        await node.Store.PutAsync("k", Bytes("v"), new KeyValuePut { Acquire = session.Id });

        TransactionResult result = await node.Store.TransactAsync(
        [
            new NodeOperation(CatalogVerb.Delete, new CatalogNode { Name = "n2", Address = "", Datacenter = "" }),
            new KeyValueOperation(KeyValueVerb.Get, "not there"),
        ]);

        Assert.False(result.IsApplied);
        Assert.Equal(session.Id, node.Store.Get("k")!.Session);
        Assert.NotNull((await node.Sessions.QueryAsync(session.Id)).Body);
        Assert.Equal(0, node.State.Current.Count(node.Module.Locks.Delays));
    });

    [Fact]
    public void Unlock_SomebodyWaits_TheNextStepCannotTakeIt() => Run(async node =>
    {
        IDistributedLock job = node.Locks.CreateLock("job");
        ILockHandle held = await job.AcquireAsync();
        Task<ILockHandle> waiting = job.AcquireAsync().AsTask();
        await node.Kernel.AdvanceAsync(TimeSpan.FromMilliseconds(10));
        Guid holder = node.Store.Get("job/.lock")!.Session;
        SessionEntry third = await node.Sessions.CreateAsync(new SessionCreation());

        TransactionResult result = await node.Store.TransactAsync(
        [
            new FenceOperation(held.Fence),
            new KeyValueOperation(KeyValueVerb.Unlock, "job/.lock") { Session = holder, Flags = 0x2ddccbc058a50c18 },
            new KeyValueOperation(KeyValueVerb.Lock, "job/.lock") { Session = third.Id },
        ]);

        Assert.Equal((2, TransactionRefusal.LockHeld), (result.Failures[0].Operation, result.Failures[0].Refusal));
        await held.ReleaseAsync();
        await (await waiting).DisposeAsync();
    });

    [Fact]
    public void ReadsOnly_NeverEnterTheLog() => Run(async node =>
    {
        await node.Store.PutAsync("a/1", Bytes("1"));
        ulong index = node.State.Current.Index;
        TransactionResult result = await node.Store.TransactAsync(
            [new KeyValueOperation(KeyValueVerb.GetTree, "a/"), new KeyValueOperation(KeyValueVerb.CheckNotExists, "b")]);
        Assert.Equal("a/1", Assert.Single(result.Items).Entry!.Key.ToString());
        Assert.Equal(index, node.State.Current.Index);
    });

    [Fact]
    public void Operations_FourThousandAndMore_AreTakenUpToTheLimit() => Run(async node =>
    {
        TransactionOperation[] steps = [.. Enumerable.Range(0, 4096).Select(static i =>
            new KeyValueOperation(KeyValueVerb.Set, $"k/{i}") { Value = Bytes("v") })];
        Assert.True((await node.Store.TransactAsync(steps)).IsApplied);
        Assert.Equal(4096, node.Store.List("k/").Count);
        await Assert.ThrowsAsync<DiscoveryException>(async () => await node.Store.TransactAsync([.. steps, steps[0]]));
    });

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static void Run(Func<KeyValueNode, Task> test)
    {
        var kernel = new SimulationKernel();
        kernel.Run(async () =>
        {
            await using var node = new KeyValueNode(kernel);
            await node.AddNodeAsync("n1");
            await test(node);
        });
    }
}
