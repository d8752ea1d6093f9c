using System.Text;
using Discovery.Testing;

namespace Discovery.KeyValue;

public sealed class KeyValueStoreTests
{
    [Fact]
    public void Put_NewKey_IsReadWithItsIndexes() => Run(async node =>
    {
        KeyValueResult put = await node.Store.PutAsync("app/color", Bytes("red"), new KeyValuePut { Flags = 42 });

        KeyValueEntry entry = node.Store.Get("app/color")!;
        Assert.True(put.IsApplied);
        Assert.Equal("red", Text(entry));
        Assert.Equal((42ul, put.Index, put.Index, 0ul), (entry.Flags, entry.CreateIndex, entry.ModifyIndex, entry.LockIndex));
        Assert.Same(entry, node.Store.Find("app/color"));
        Assert.Null(node.Store.Get("app/colo"));
    });

    [Fact]
    public void Put_SameValueAndFlags_MovesNoIndex() => Run(async node =>
    {
        await node.Store.PutAsync("a", Bytes("1"));
        KeyValueEntry before = node.Store.Get("a")!;
        await node.Store.PutAsync("a", Bytes("1"));
        Assert.Same(before, node.Store.Get("a"));
    });

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    public void CompareAndSet_ByIndex_AppliesOrChangesNothing(int isRight, bool isApplied) => Run(async node =>
    {
        KeyValueResult first = await node.Store.PutAsync("a", Bytes("1"), new KeyValuePut { CompareIndex = 0 });
        ulong tableIndex = node.State.Current.IndexOf(StateTopic.ForTable(node.Module.Keys.Entries));
        KeyValueResult second = await node.Store.PutAsync(
            "a", Bytes("2"), new KeyValuePut { CompareIndex = isRight == 1 ? first.Index : first.Index + 7 });

        Assert.Equal(isApplied, second.IsApplied);
        Assert.Equal(isApplied ? "2" : "1", Text(node.Store.Get("a")!));
        Assert.Equal(
            isApplied ? second.Index : tableIndex, node.State.Current.IndexOf(StateTopic.ForTable(node.Module.Keys.Entries)));
        Assert.Equal(isApplied ? null : TransactionRefusal.IndexStale, second.Refusal);
    });

    [Fact]
    public void Keys_AnyBytes_AreKept() => Run(async node =>
    {
        byte[] key = [0, 0xFF, (byte)'/', 0, 1];
        await node.Store.PutAsync(key, Bytes("x"));
        await node.Store.PutAsync(new byte[] { 0 }, Bytes("y"));
        await node.Store.PutAsync(new byte[] { 0xFF, 0xFF }, Bytes("z"));

        Assert.Equal("x", Text(node.Store.Get(key)!));
        Assert.Equal(["y", "x", "z"], node.Store.List().Select(Text));
        Assert.Equal(["z"], node.Store.List(new byte[] { 0xFF }).Select(Text));
    });

    [Fact]
    public void QueryKeys_Separator_CutsGroupsOnce() => Run(async node =>
    {
        foreach (string key in (string[])["a/1", "a/b/1", "a/b/2", "a/c", "a/d/x/y", "b"])
        {
            await node.Store.PutAsync(key, Bytes("v"));
        }

        QueryReply<IReadOnlyList<KeyValueKey>> reply = await node.Store.QueryKeysAsync("a/", "/");
        Assert.Equal(["a/1", "a/b/", "a/c", "a/d/"], reply.Body.Select(static key => key.ToString()));
        QueryReply<IReadOnlyList<KeyValueKey>> all = await node.Store.QueryKeysAsync("a/b");
        Assert.Equal(["a/b/1", "a/b/2"], all.Body.Select(static key => key.ToString()));
    });

    [Fact]
    public void TimeToLive_KeyWithoutSession_GoesWithinHalfASecond() => Run(async node =>
    {
        await node.Store.PutAsync("a", Bytes("1"), new KeyValuePut { TimeToLive = TimeSpan.FromSeconds(10) });
        await node.Kernel.AdvanceAsync(TimeSpan.FromSeconds(9.99));
        Assert.NotNull(node.Store.Get("a"));
        await node.Kernel.AdvanceAsync(TimeSpan.FromSeconds(0.51));
        Assert.Null(node.Store.Get("a"));
    });

    [Fact]
    public void Watch_Writes_TellOldAndNewInOrder() => Run(async node =>
    {
        await node.Store.PutAsync("p/a", Bytes("1"));
        await using IAsyncEnumerator<KeyValueChange> watch = node.Store.WatchAsync("p/").GetAsyncEnumerator();
        Assert.True(await watch.MoveNextAsync());
        Assert.Equal(KeyValueChangeKind.Initial, watch.Current.Kind);
        Assert.Equal(["1"], watch.Current.Entries.Select(Text));

        await node.Store.PutAsync("p/a", Bytes("2"));
        await node.Store.PutAsync("q", Bytes("not seen"));
        await node.Store.DeleteTreeAsync("p/");

        Assert.True(await watch.MoveNextAsync());
        KeyValueDelta changed = Assert.Single(watch.Current.Deltas);
        Assert.Equal(("1", "2"), (Text(changed.Old!), Text(changed.New!)));
        StatePosition position = watch.Current.Position;
        Assert.True(await watch.MoveNextAsync());
        KeyValueDelta deleted = Assert.Single(watch.Current.Deltas);
        Assert.Equal(("2", null), (Text(deleted.Old!), deleted.New));

        await using IAsyncEnumerator<KeyValueChange> resumed = node.Store.WatchAsync("p/", position).GetAsyncEnumerator();
        Assert.True(await resumed.MoveNextAsync());
        Assert.Equal(KeyValueChangeKind.Delta, resumed.Current.Kind);
        Assert.Null(Assert.Single(resumed.Current.Deltas).New);

        await using IAsyncEnumerator<KeyValueChange> lost = node.Store
            .WatchAsync("p/", position with { Lineage = new Guid(1, 2, 3, new byte[8]) }).GetAsyncEnumerator();
        Assert.True(await lost.MoveNextAsync());
        Assert.Equal(KeyValueChangeKind.Resync, lost.Current.Kind);
    });

    [Fact]
    public void History_PutsAndDelete_AreToldOldestFirst() => Run(async node =>
    {
        await node.Store.PutAsync("a", Bytes("1"));
        await node.Store.PutAsync("b", Bytes("other"));
        await node.Store.PutAsync("a", Bytes("2"));
        await node.Store.DeleteAsync("a");

        KeyValueHistory history = node.Store.GetHistory("a");
        Assert.True(history.IsComplete);
        Assert.Equal(["1", "2", null], history.Revisions.Select(static r => r.New is null ? null : Text(r.New)));
    });

    [Fact]
    public void Entry_AsText_TellsItsKeyAndNotItsValue() => Run(async node =>
    {
        KeyValueResult put = await node.Store.PutAsync("app/secret", Bytes("hush"));

        Assert.Equal($"app/secret (4 bytes, modified at {put.Index})", node.Store.Get("app/secret")!.ToString());
    });

    [Fact]
    public void Fence_OfNoLock_IsRefusedBeforeTheLog() => Run(async node =>
    {
        DiscoveryException refused = await Assert.ThrowsAsync<DiscoveryException>(
            async () => await node.Store.PutAsync("a", Bytes("1"), new KeyValuePut { Fence = default(LockFence) }));

        Assert.Equal(DiscoveryError.InvalidRequest, refused.Error);
        Assert.Equal("The fence is empty: take it from ILockHandle.Fence.", refused.Message);
        Assert.Null(node.Store.Get("a"));
    });

    [Fact]
    public void Values_LargerThanAllowed_AreRefusedBeforeTheLog() => Run(
        async node =>
        {
            ulong index = node.State.Current.Index;
            DiscoveryException refused = await Assert.ThrowsAsync<DiscoveryException>(
                async () => await node.Store.PutAsync("a", new byte[11]));
            Assert.Equal(DiscoveryError.InvalidRequest, refused.Error);
            Assert.Equal(index, node.State.Current.Index);
            Assert.True((await node.Store.PutAsync("a", new byte[10])).IsApplied);
        },
        new KeyValueOptions { ValueBytesMax = 10 });

    [Fact]
    public void Query_OtherKeyChanges_StaysBlocked() => Run(async node =>
    {
        await node.Store.PutAsync("p/a", Bytes("1"));
        QueryReply<KeyValueEntry?> first = await node.Store.QueryAsync("p/a");
        ValueTask<QueryReply<KeyValueEntry?>> blocked = node.Store.QueryAsync("p/a", new QueryOptions { AfterIndex = first.Index });
        await node.Store.PutAsync("p/ab", Bytes("2"));
        await node.Store.DeleteAsync("p/ab");
        Assert.False(blocked.IsCompleted);
        await node.Store.DeleteAsync("p/a");
        QueryReply<KeyValueEntry?> gone = await blocked;
        Assert.Null(gone.Body);
        Assert.True(gone.Index > first.Index);
        Assert.Equal(0, node.SpuriousCount);
    });

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string Text(KeyValueEntry entry) => Encoding.UTF8.GetString(entry.Value.Span);

    private static void Run(Func<KeyValueNode, Task> test, KeyValueOptions? options = null)
    {
        var kernel = new SimulationKernel();
        kernel.Run(async () =>
        {
            await using var node = new KeyValueNode(kernel, options: options);
            await test(node);
        });
    }
}
