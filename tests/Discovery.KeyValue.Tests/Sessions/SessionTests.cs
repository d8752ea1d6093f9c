using Discovery.Testing;

namespace Discovery.Sessions;

public sealed class SessionTests
{
    private static readonly TimeSpan Ttl = TimeSpan.FromSeconds(10);

    [Fact]
    public void Lease_NotRenewed_EndsBetweenTtlAndHalfASecondLater() => Run(async node =>
    {
        SessionEntry session = await CreateAsync(node);
        await node.Store.PutAsync("k", "v"u8.ToArray(), new KeyValuePut { Acquire = session.Id });
        await node.Kernel.AdvanceAsync(Ttl - TimeSpan.FromMilliseconds(1));
        Assert.Equal(session.Id, node.Store.Get("k")!.Session);
        await node.Kernel.AdvanceAsync(TimeSpan.FromMilliseconds(501));
        Assert.Equal(Guid.Empty, node.Store.Get("k")!.Session);
        Assert.Null((await node.Sessions.QueryAsync(session.Id)).Body);
    });

    [Fact]
    public void Lease_Renewed_CountsFromTheRenewal() => Run(async node =>
    {
        SessionEntry session = await CreateAsync(node);
        await node.Kernel.AdvanceAsync(TimeSpan.FromSeconds(7));
        Assert.NotNull(await node.Sessions.RenewAsync(session.Id));
        await node.Kernel.AdvanceAsync(TimeSpan.FromSeconds(9.9));
        Assert.NotNull((await node.Sessions.QueryAsync(session.Id)).Body);
        await node.Kernel.AdvanceAsync(TimeSpan.FromSeconds(0.6));
        Assert.Null(await node.Sessions.RenewAsync(session.Id));
    });

    [Fact]
    public void Lease_NewLeader_GetsItsFullLengthFromTheOffice() => Run(async node =>
    {
        SessionEntry session = await CreateAsync(node);
        await node.Kernel.AdvanceAsync(TimeSpan.FromSeconds(9));
        node.Faulty.Faults = FaultyCommandLogOptions.None with { DelayMax = TimeSpan.Zero };
        node.Faulty.LoseLeadership();
        await node.Kernel.AdvanceAsync(TimeSpan.FromSeconds(9.9));
        Assert.NotNull((await node.Sessions.QueryAsync(session.Id)).Body);
        await node.Kernel.AdvanceAsync(TimeSpan.FromSeconds(0.7));
        Assert.Null((await node.Sessions.QueryAsync(session.Id)).Body);
    });

    [Fact]
    public void Transaction_ThatEndsASession_HasEndedItForItsNextStep_UnlessItFails() => Run(async node =>
    {
        await node.AddNodeAsync("n2", ("serfHealth", CheckStatus.Passing));
        SessionEntry session = await node.Sessions.CreateAsync(
            new SessionCreation { Node = "n2", NodeChecks = ["serfHealth"], LockDelay = TimeSpan.Zero, Behavior = SessionBehavior.Delete });
        await node.Store.PutAsync("k", "v"u8.ToArray(), new KeyValuePut { Acquire = session.Id });
        var ends = new CheckOperation(CatalogVerb.Delete, new CatalogCheck { Node = "n2", CheckId = "serfHealth" });
        var isGone = new KeyValueOperation(KeyValueVerb.CheckNotExists, "k");
        var locks = new KeyValueOperation(KeyValueVerb.Lock, "l") { Session = session.Id };

        TransactionResult failed = await node.Store.TransactAsync([ends, isGone, locks]);

        Assert.Equal([new TransactionFailure(2, TransactionRefusal.SessionUnknown)], failed.Failures);
        Assert.Equal(session.Id, node.Store.Get("k")!.Session);
        Assert.NotNull((await node.Sessions.QueryAsync(session.Id)).Body);
        Assert.True((await node.Store.TransactAsync([ends, isGone])).IsApplied);
        Assert.Null((await node.Sessions.QueryAsync(session.Id)).Body);
    });

    [Fact]
    public void Check_TurnsCritical_EndsTheSessionInTheSameEntry() => Run(async node =>
    {
        await node.AddNodeAsync("n2", ("serfHealth", CheckStatus.Passing));
        SessionEntry session = await node.Sessions.CreateAsync(
            new SessionCreation { Node = "n2", NodeChecks = ["serfHealth"], LockDelay = TimeSpan.Zero, Behavior = SessionBehavior.Delete });
        await node.Store.PutAsync("k", "v"u8.ToArray(), new KeyValuePut { Acquire = session.Id });

        await node.SetCheckAsync("n2", "serfHealth", CheckStatus.Critical);

        Assert.Null((await node.Sessions.QueryAsync(session.Id)).Body);
        Assert.Null(node.Store.Get("k"));
        SessionRefusedException refused = await Assert.ThrowsAsync<SessionRefusedException>(async () =>
            await node.Sessions.CreateAsync(new SessionCreation { Node = "n2", NodeChecks = ["serfHealth"] }));
        Assert.Equal(SessionRefusal.CheckCritical, refused.Refusal);
    });

    [Fact]
    public void GuardedSession_LostUnasked_KeyWaitsForItsLease() => Run(async node =>
    {
        await node.AddNodeAsync("n2", ("c", CheckStatus.Passing));
        SessionEntry lost = await node.Sessions.CreateAsync(
            new SessionCreation { Node = "n2", NodeChecks = ["c"], Lease = Ttl, LockDelay = TimeSpan.Zero });
        SessionEntry next = await node.Sessions.CreateAsync(new SessionCreation { LockDelay = TimeSpan.Zero });
        await node.Store.PutAsync("k", "v"u8.ToArray(), new KeyValuePut { Acquire = lost.Id });
        await node.SetCheckAsync("n2", "c", CheckStatus.Critical);

        KeyValueResult early = await node.Store.PutAsync("k", "w"u8.ToArray(), new KeyValuePut { Acquire = next.Id });
        await node.Kernel.AdvanceAsync(Ttl);
        KeyValueResult late = await node.Store.PutAsync("k", "w"u8.ToArray(), new KeyValuePut { Acquire = next.Id });

        Assert.Equal(TransactionRefusal.LockDelay, early.Refusal);
        Assert.True(late.IsApplied);
    });

    [Fact]
    public void Restore_HeldKeys_WaitForTheLeasesOfTheOldState() => Run(async node =>
    {
        byte[] before = node.Snapshot();
        SessionEntry holder = await CreateAsync(node);
        await node.Store.PutAsync("k", "v"u8.ToArray(), new KeyValuePut { Acquire = holder.Id });
        await node.RestoreAsync(before);
        await node.AddNodeAsync("n1");
        SessionEntry next = await node.Sessions.CreateAsync(new SessionCreation { LockDelay = TimeSpan.Zero });

        KeyValueResult early = await node.Store.PutAsync("k", "w"u8.ToArray(), new KeyValuePut { Acquire = next.Id });
        await node.Kernel.AdvanceAsync(Ttl);
        KeyValueResult late = await node.Store.PutAsync("k", "w"u8.ToArray(), new KeyValuePut { Acquire = next.Id });

        Assert.Equal(TransactionRefusal.LockDelay, early.Refusal);
        Assert.True(late.IsApplied);
    });

    [Fact]
    public void Restore_LeaseThatWasEnding_RunsAnew() => Run(async node =>
    {
        SessionEntry session = await CreateAsync(node);
        byte[] before = node.Snapshot();
        node.Faulty.Faults = FaultyCommandLogOptions.None with { Refused = 1 };
        await node.Kernel.AdvanceAsync(Ttl + TimeSpan.FromSeconds(1));
        await node.RestoreAsync(before);
        node.Faulty.Faults = FaultyCommandLogOptions.None;
        await node.Kernel.AdvanceAsync(Ttl - TimeSpan.FromSeconds(0.1));
        Assert.NotNull((await node.Sessions.QueryAsync(session.Id)).Body);
        await node.Kernel.AdvanceAsync(TimeSpan.FromSeconds(0.6));
        Assert.Null((await node.Sessions.QueryAsync(session.Id)).Body);
    });

    [Fact]
    public void Sessions_TenThousand_EndWithinHalfASecond() => Run(async node =>
    {
        for (int i = 0; i < 10_000; i++)
        {
            await CreateAsync(node);
        }

        await node.Kernel.AdvanceAsync(Ttl + TimeSpan.FromSeconds(0.5));
        Assert.Equal(0, node.State.Current.Count(node.Module.Sessions.Sessions));
    });

    private static async Task<SessionEntry> CreateAsync(KeyValueNode node) =>
        await node.Sessions.CreateAsync(new SessionCreation { Lease = Ttl, LockDelay = TimeSpan.Zero });

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
