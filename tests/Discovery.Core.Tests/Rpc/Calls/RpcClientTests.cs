using System.Net;

namespace Discovery.Rpc;

/// <summary>What callers of other nodes get, and what of it is tried again.</summary>
public sealed class RpcClientTests
{
    private static readonly byte[] s_empty = [0x80];
    private static readonly DnsEndPoint[] s_one = [new("a", 1)];
    private static readonly DnsEndPoint[] s_two = [new("a", 1), new("b", 2)];
    private static readonly RpcCallOptions s_read = new() { Kind = RpcCallKind.Read };

    [Fact]
    public void Call_OneAfterTheOther_UseOneStreamOfOneConnection() => RpcHarness.Run(async harness =>
    {
        harness.Listen(1, harness.Serve(new StubMethods(("A.B", static call => StubMethods.Text(call, "x")))));
        (RpcClient client, RpcConnectionPool pool) = harness.Client();
        harness.Kernel.Record("begin");
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal([0xa1, (byte)'x'], (await client.CallAsync(s_one, "A.B", s_empty)).ToArray());
        }

        Assert.Single(harness.Opened);
        using RpcPooledStream next = await pool.RentAsync(s_one[0], default);
        Assert.Equal(1u, next.Stream.State.Id);
        next.Return();
        await pool.DisposeAsync();
    });

    [Fact]
    public void Call_ManyAtOnce_UseOneConnectionAndKeepThirtyTwoStreams() => RpcHarness.Run(async harness =>
    {
        harness.Listen(1, harness.Serve(new StubMethods(("A.B", async call =>
        {
            await harness.Kernel.AdvanceAsync(TimeSpan.FromSeconds(1));
            RpcReplies.Empty(call);
        }))));
        (RpcClient client, RpcConnectionPool pool) = harness.Client();
        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ =>
            harness.Kernel.Start(async () => await client.CallAsync(s_one, "A.B", s_empty))));
        Assert.Single(harness.Opened);
        await pool.DisposeAsync();
    });

    [Theory]
    [InlineData("A.No", "rpc: can't find method A.No")]
    [InlineData("A.Refuses", "no")]
    public void Call_Refused_ThrowsTheTextAndTheNextOneWorks(string method, string text) => RpcHarness.Run(async harness =>
    {
        harness.Listen(1, harness.Serve(new StubMethods(
            ("A.B", static call => StubMethods.Text(call, "x")),
            ("A.Refuses", static _ => throw new DiscoveryException(DiscoveryError.InvalidRequest, "no")))));
        (RpcClient client, RpcConnectionPool pool) = harness.Client();
        DiscoveryException e = await Assert.ThrowsAsync<DiscoveryException>(async () => await client.CallAsync(s_one, method, s_empty));
        Assert.Equal((text, DiscoveryError.InvalidRequest), (e.Message, e.Error));
        Assert.Equal(2, (await client.CallAsync(s_one, "A.B", s_empty)).Length);
        Assert.Single(harness.Opened);
        await pool.DisposeAsync();
    });

    [Fact]
    public void Call_FirstIsNotReached_TheNextAnswersAtOnce() => RpcHarness.Run(async harness =>
    {
        harness.Listen(2, harness.Serve(new StubMethods(("A.B", static call => StubMethods.Text(call, "x")))));
        (RpcClient client, RpcConnectionPool pool) = harness.Client();
        Assert.Equal(2, (await client.CallAsync(s_two, "A.B", s_empty)).Length);
        Assert.Equal(TimeSpan.Zero, harness.Kernel.Time.Elapsed);
        await pool.DisposeAsync();
    });

    [Fact]
    public void Call_NobodyIsReached_IsGivenUpAfterSevenSeconds() => RpcHarness.Run(async harness =>
    {
        (RpcClient client, RpcConnectionPool pool) = harness.Client();
        DiscoveryException e = await Assert.ThrowsAsync<DiscoveryException>(async () => await client.CallAsync(s_two, "A.B", s_empty));
        Assert.Equal((DiscoveryError.PeerUnreachable, WriteOutcome.NotApplied), (e.Error, e.WriteOutcome));
        Assert.InRange(harness.Kernel.Time.Elapsed.TotalSeconds, 7.0, 7.5);
        await pool.DisposeAsync();
    });

    [Fact]
    public void Call_NoLeader_IsTriedAgain() => RpcHarness.Run(
        async harness =>
        {
            int calls = 0;
            harness.Listen(1, harness.Serve(new StubMethods(("A.B", call => ++calls < 3
                ? throw new DiscoveryException(DiscoveryError.NoLeader, "No cluster leader")
                : StubMethods.Text(call, "x")))));
            harness.Options.HoldTimeout = TimeSpan.FromSeconds(7);
            (RpcClient client, RpcConnectionPool pool) = harness.Client();
            Assert.Equal(2, (await client.CallAsync(s_one, "A.B", s_empty)).Length);
            await pool.DisposeAsync();
        },
        new RpcOptions { HoldTimeout = TimeSpan.FromMilliseconds(1) });

    [Theory]
    [InlineData(RpcCallKind.Read, 2)]
    [InlineData(RpcCallKind.Write, 1)]
    public void Call_ConnectionBreaks_OnlyAReadIsTriedAgain(RpcCallKind kind, int attempts) => RpcHarness.Run(async harness =>
    {
        int calls = 0;
        harness.Listen(1, harness.Serve(new StubMethods(("A.B", call =>
        {
            if (++calls == 1)
            {
                harness.Opened[0].Server.Dispose();
            }

            return StubMethods.Text(call, "x");
        }))));
        (RpcClient client, RpcConnectionPool pool) = harness.Client();
        ValueTask<ReadOnlyMemory<byte>> call = client.CallAsync(s_one, "A.B", s_empty, new RpcCallOptions { Kind = kind });
        if (kind == RpcCallKind.Read)
        {
            Assert.Equal(2, (await call).Length);
        }
        else
        {
            DiscoveryException e = await Assert.ThrowsAsync<DiscoveryException>(async () => await call);
            Assert.Equal((DiscoveryError.PeerUnreachable, WriteOutcome.Unknown), (e.Error, e.WriteOutcome));
        }

        Assert.Equal(attempts, calls);
        await pool.DisposeAsync();
    });

    [Fact]
    public void Call_NoAnswerInTime_IsGivenUpAndItsStreamCutOff() => RpcHarness.Run(async harness =>
    {
        var aborted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        harness.Listen(1, harness.Serve(new StubMethods(("A.B", async call =>
        {
            using CancellationTokenRegistration _ = call.Aborted.Register(() => aborted.TrySetResult());
            await Task.Delay(Timeout.InfiniteTimeSpan, harness.Kernel.Time, call.Aborted);
        }))));
        (RpcClient client, RpcConnectionPool pool) = harness.Client();
        DiscoveryException e = await Assert.ThrowsAsync<DiscoveryException>(async () => await client.CallAsync(s_one, "A.B", s_empty));
        Assert.Equal("The call to a:1 has failed: no answer within 00:00:30", e.Message);
        await aborted.Task;
        await pool.DisposeAsync();
    });

    [Fact]
    public void Connection_NobodyUsesIt_IsClosedAfterTheIdleTime() => RpcHarness.Run(async harness =>
    {
        harness.Listen(1, harness.Serve(new StubMethods(("A.B", static call => StubMethods.Text(call, "x")))));
        (RpcClient client, RpcConnectionPool pool) = harness.Client();
        await client.CallAsync(s_one, "A.B", s_empty, s_read);
        await harness.Kernel.AdvanceAsync(TimeSpan.FromSeconds(126));
        Assert.Equal(1, pool.Count);
        await harness.Kernel.AdvanceAsync(TimeSpan.FromSeconds(2));
        Assert.Equal(0, pool.Count);
        await client.CallAsync(s_one, "A.B", s_empty, s_read);
        Assert.Equal(2, harness.Opened.Count);
        await pool.DisposeAsync();
    });

    [Fact]
    public void Call_ServerHasRestarted_ANewConnectionIsOpened() => RpcHarness.Run(async harness =>
    {
        harness.Listen(1, harness.Serve(new StubMethods(("A.B", static call => StubMethods.Text(call, "x")))));
        (RpcClient client, RpcConnectionPool pool) = harness.Client();
        await client.CallAsync(s_one, "A.B", s_empty);
        await harness.Opened[0].Server.DisposeAsync();
        await harness.Kernel.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(2, (await client.CallAsync(s_one, "A.B", s_empty)).Length);
        Assert.Equal(2, harness.Opened.Count);
        await pool.DisposeAsync();
    });
}
