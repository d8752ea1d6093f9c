using Discovery.Protocol;

namespace Discovery.Transport;

public sealed class ForwardTests
{
    [Fact]
    public void Forward_ToAPeer_GivesItsAnswer() => TransportRig.Run(async (rig, a, b) =>
    {
        ProposalResult result = await ForwardAsync(a, b, 7, "body"u8.ToArray());
        Assert.Equal((ProposalOutcome.Applied, 7UL), (result.Outcome, result.Command.Index));
        Assert.Equal("body"u8.ToArray(), result.Command.Result.ToArray());
        ForwardedProposal proposal = Assert.Single(b.Receiver.Proposals);
        Assert.Equal((EntryKind.Command, (ushort)3, 7UL), (proposal.Kind, proposal.CommandId, proposal.Sequence));

        b.Receiver.Propose = static (_, _) => ValueTask.FromResult(ProposalResult.NotApplied(ProposalRefusal.Overloaded));
        Assert.Equal(ProposalResult.NotApplied(ProposalRefusal.Overloaded), Plain(await ForwardAsync(a, b, 8)));
        b.Receiver.Propose = static (_, _) => ValueTask.FromResult(ProposalResult.Unknown(ProposalRefusal.LeadershipLost));
        Assert.Equal(ProposalResult.Unknown(ProposalRefusal.LeadershipLost), Plain(await ForwardAsync(a, b, 9)));
        Assert.Single(rig.Wires);
    });

    [Fact]
    public void Forward_ThousandsAtOnce_AreAnsweredInAnyOrderEachWithItsOwn() => TransportRig.Run(async (rig, a, b) =>
    {
        var random = new Random(1);
        b.Receiver.Propose = async (proposal, _) =>
        {
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(50)), rig.Kernel.Time, CancellationToken.None);
            return ProposalResult.Applied(new CommandOutcome(proposal.Sequence, CommandStatus.Applied, proposal.Body));
        };
        Task<ProposalResult>[] all = [.. Enumerable.Range(0, 3000).Select(i => ForwardAsync(a, b, (ulong)i, BitConverter.GetBytes(i)))];
        ProposalResult[] results = await Task.WhenAll(all);
        for (int i = 0; i < results.Length; i++)
        {
            Assert.Equal((ulong)i, results[i].Command.Index);
            Assert.Equal(i, BitConverter.ToInt32(results[i].Command.Result.Span));
        }

        Assert.InRange((rig.Kernel.Time.Elapsed).TotalMilliseconds, 40, 200);
    });

    [Fact]
    public void Forward_ALargeOne_DoesNotHoldUpSmallOnes() => TransportRig.Run(async (rig, a, b) =>
    {
        await ForwardAsync(a, b, 1);
        Task<ProposalResult> large = ForwardAsync(a, b, 2, Messages.Bytes(2_000_000, 1));
        await Task.Yield();
        for (ulong i = 3; i < 8; i++)
        {
            Assert.Equal(i, (await ForwardAsync(a, b, i)).Command.Index);
            Assert.False(large.IsCompleted);
        }

        Assert.Equal(Messages.Bytes(2_000_000, 1), (await large).Command.Result.ToArray());
    });

    [Fact]
    public void Forward_PeerNotReached_IsSurelyNotApplied() => TransportRig.Run(async (rig, a, b) =>
    {
        b.IsDown = true;
        ProposalResult notReached = ProposalResult.NotApplied(ProposalRefusal.NoLeader);
        Assert.Equal(notReached, await ForwardAsync(a, b, 1));
        Assert.Equal(notReached, await ForwardAsync(a, b, 2));
        Assert.Single(a.Dials);
        b.IsDown = false;
        await rig.AdvanceAsync(0.1);
        Assert.Equal(ProposalOutcome.Applied, (await ForwardAsync(a, b, 3)).Outcome);
    });

    [Fact]
    public void Forward_PeerThatNeverAnswersTheDial_IsSurelyNotApplied() => TransportRig.Run(async (rig, a, b) =>
    {
        b.IsLost = true;
        Assert.Equal(ProposalResult.NotApplied(ProposalRefusal.NoLeader), await ForwardAsync(a, b, 1));
        Assert.Equal(TimeSpan.FromSeconds(2), rig.Kernel.Time.Elapsed);
    });

    [Fact]
    public void Forward_ConnectionLostAfterItWasSent_IsUnknown() => TransportRig.Run(async (rig, a, b) =>
    {
        b.Receiver.Propose = NeverAsync;
        Task<ProposalResult> one = ForwardAsync(a, b, 1);
        await rig.AdvanceAsync(2);
        Assert.Single(b.Receiver.Proposals);
        rig.Wires[0].Server.Dispose();
        Assert.Equal(ProposalResult.Unknown(ProposalRefusal.LeadershipLost), await one);
    });

    [Fact]
    public void Forward_PeerGoneWithoutAWord_IsUnknownOnceItsSilenceIsNoticed() => TransportRig.Run(async (rig, a, b) =>
    {
        await ForwardAsync(a, b, 1);
        rig.LoseWire();
        TimeSpan started = rig.Kernel.Time.Elapsed;
        Assert.Equal(ProposalResult.Unknown(ProposalRefusal.LeadershipLost), await ForwardAsync(a, b, 2));
        Assert.InRange(rig.Kernel.Time.Elapsed - started, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(4));
        Assert.Single(b.Receiver.Proposals);
    });

    [Fact]
    public void Forward_ConnectionLostBeforeItWasSent_IsSurelyNotApplied() => TransportRig.Run(async (rig, a, b) =>
    {
        // The wire takes nothing: what is in front of it was begun, and what is behind it was not.
        rig.WireBytes = 1000;
        b.Receiver.Propose = NeverAsync;
        await rig.Kernel.Start(() => Task.CompletedTask);
        Task<ProposalResult> begun = ForwardAsync(a, b, 1, Messages.Bytes(1_000_000, 1));
        Task<ProposalResult> waits = ForwardAsync(a, b, 2, Messages.Bytes(1_000_000, 2));
        while (rig.Wires.Count == 0 || a.Lines.Count == 0)
        {
            await Task.Yield();
        }

        rig.Wires[0].Server.Dispose();
        Assert.Equal(ProposalResult.Unknown(ProposalRefusal.LeadershipLost), await begun);
        Assert.Equal(ProposalResult.NotApplied(ProposalRefusal.NoLeader), await waits);
        Assert.Empty(b.Receiver.Proposals);
    });

    [Fact]
    public void Forward_CallerGivesUp_KnowsWhetherItWasSent() => TransportRig.Run(async (rig, a, b) =>
    {
        using var before = new CancellationTokenSource();
        await before.CancelAsync();
        Assert.Equal(ProposalResult.NotApplied(ProposalRefusal.Cancelled), await ForwardAsync(a, b, 1, [], before.Token));
        Assert.Empty(a.Dials);

        using var while1 = new CancellationTokenSource();
        Task<ProposalResult> queued = ForwardAsync(a, b, 2, [], while1.Token);
        await while1.CancelAsync();
        Assert.Equal(ProposalResult.NotApplied(ProposalRefusal.Cancelled), await queued);
        await rig.AdvanceAsync(1);
        Assert.Empty(b.Receiver.Proposals);

        b.Receiver.Propose = NeverAsync;
        using var after = new CancellationTokenSource();
        Task<ProposalResult> sent = ForwardAsync(a, b, 3, [], after.Token);
        await rig.AdvanceAsync(1);
        await after.CancelAsync();
        Assert.Equal(ProposalResult.Unknown(ProposalRefusal.Cancelled), await sent);
        Assert.Single(b.Receiver.Proposals);
    });

    [Fact]
    public void Forward_MoreThanMayWait_IsRefused() => TransportRig.Run(
        async (rig, a, b) =>
        {
            b.Receiver.Propose = NeverAsync;
            Task<ProposalResult>[] first = [.. Enumerable.Range(0, 5).Select(i => ForwardAsync(a, b, (ulong)i))];
            await rig.AdvanceAsync(1);
            Assert.Equal(ProposalResult.NotApplied(ProposalRefusal.Overloaded), await ForwardAsync(a, b, 6));
            rig.Wires[0].Server.Dispose();
            Assert.All(await Task.WhenAll(first), result => Assert.Equal(ProposalOutcome.Unknown, result.Outcome));
            await rig.AdvanceAsync(1);
            b.Receiver.Propose = static (_, _) => ValueTask.FromResult(ProposalResult.Applied(default));
            Assert.Equal(ProposalOutcome.Applied, (await ForwardAsync(a, b, 7)).Outcome);
        },
        new TransportOptions { ProposalsMax = 5 });

    [Fact]
    public void Forward_LargerThanAMessageMayBe_IsRefused() => TransportRig.Run(
        async (rig, a, b) =>
        {
            Assert.Equal(ProposalResult.NotApplied(ProposalRefusal.TooLarge), await ForwardAsync(a, b, 1, new byte[10_000]));
            Assert.Empty(rig.Wires);
        },
        new TransportOptions { MessageBytesMax = 10_000 });

    [Fact]
    public void Forward_ReceiverThrows_IsUnknownAndTold() => TransportRig.Run(async (rig, a, b) =>
    {
        b.Receiver.Propose = static (_, _) => throw new InvalidOperationException("broken");
        Assert.Equal(ProposalResult.Unknown(ProposalRefusal.Faulted), Plain(await ForwardAsync(a, b, 1)));
        Assert.Contains("3207 Error A proposal that server s1 forwarded has failed", b.Lines);
        Assert.Equal(1, b.Transport.IncomingCount);
    });

    [Fact]
    public void Forward_ThatWaitsForMinutes_KeepsItsConnection() => TransportRig.Run(async (rig, a, b) =>
    {
        var answer = new TaskCompletionSource<ProposalResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        b.Receiver.Propose = (_, _) => new ValueTask<ProposalResult>(answer.Task);
        Task<ProposalResult> waits = ForwardAsync(a, b, 1);
        await rig.AdvanceAsync(200);
        answer.SetResult(ProposalResult.Applied(new CommandOutcome(5, CommandStatus.Applied, default)));
        Assert.Equal(5UL, (await waits).Command.Index);
    });

    [Fact]
    public void Dispose_WithProposalsUnderWay_AnswersThem() => TransportRig.Run(async (rig, a, b) =>
    {
        b.Receiver.Propose = NeverAsync;
        Task<ProposalResult> sent = ForwardAsync(a, b, 1);
        await rig.AdvanceAsync(1);
        await a.Transport.DisposeAsync();
        Assert.Equal(ProposalResult.Unknown(ProposalRefusal.Stopped), await sent);
        Assert.Equal(ProposalResult.NotApplied(ProposalRefusal.Stopped), await ForwardAsync(a, b, 2));
    });

    private static Task<ProposalResult> ForwardAsync(
        RigServer from, RigServer to, ulong sequence, byte[]? body = null, CancellationToken cancellationToken = default) =>
        from.Transport.ForwardAsync(
            to.Id, new ForwardedProposal(EntryKind.Command, 3, Guid.Empty, sequence, body ?? []), cancellationToken).AsTask();

    private static async ValueTask<ProposalResult> NeverAsync(ForwardedProposal proposal, CancellationToken cancellationToken)
    {
        var ended = new TaskCompletionSource<ProposalResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (cancellationToken.UnsafeRegister(
            static state => ((TaskCompletionSource<ProposalResult>)state!).TrySetResult(default), ended))
        {
            return await ended.Task;
        }
    }

    // An empty result that has come over a wire is another memory than none.
    private static ProposalResult Plain(ProposalResult result) => result with { Command = default };
}
