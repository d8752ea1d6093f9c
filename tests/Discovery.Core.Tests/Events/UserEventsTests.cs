using System.Text;
using Microsoft.Extensions.DependencyInjection;

namespace Discovery.Events;

/// <summary>What a node fires, takes in, shows and hands on.</summary>
public sealed class UserEventsTests
{
    private const string Long = "user event exceeds configured limit of 512 bytes before encoding";

    [Fact]
    public void Fire_AnEvent_IsHereAtOnceAndGoesToEveryOtherServerThatAnswers() => EventRig.Run(async rig =>
    {
        UserEvent fired = await rig.Events.FireAsync("deploy", "v2"u8.ToArray(), new UserEventFilter { Node = "n" });
        await rig.Kernel.AdvanceAsync(TimeSpan.Zero);
        UserEvent seen = Assert.Single(rig.Events.Recent);
        Assert.Equal((fired.Id, "deploy", 0ul, 1ul), (seen.Id, seen.Name, fired.LamportTime, seen.LamportTime));
        Assert.Equal("v2", Encoding.UTF8.GetString(seen.Payload.Span));
        Assert.Equal(["n2:8300", "n3:8300"], rig.Calls.Select(static call => call.Server).Order());
        Assert.Equal(rig.Calls[0].Body, rig.Calls[1].Body);
        Assert.Equal(1ul, Assert.Single(ReadSpread(rig.Calls[0].Body)).LamportTime);
    });

    [Fact]
    public void Fire_ForOthersOnly_IsSentAndNotShown() => EventRig.Run(async rig =>
    {
        await rig.Events.FireAsync("deploy", filter: new UserEventFilter { Node = "^n2$" });
        await rig.Events.FireAsync("_rexec");
        await rig.Kernel.AdvanceAsync(TimeSpan.Zero);
        Assert.Empty(rig.Events.Recent);
        Assert.Equal(["deploy", "_rexec"], rig.Calls.Where(static call => call.Server == "n2:8300")
            .SelectMany(static call => ReadSpread(call.Body)).Select(static one => one.Name));
    });

    [Fact]
    public void Fire_WhatIsRefused_TakesNoTimeAndIsSentNowhere() => EventRig.Run(async rig =>
    {
        DiscoveryException e = await Assert.ThrowsAsync<DiscoveryException>(
            async () => await rig.Events.FireAsync("deploy", new byte[600]));
        Assert.Equal((DiscoveryError.InvalidRequest, Long), (e.Error, e.Message));
        await Assert.ThrowsAsync<DiscoveryException>(async () => await rig.Events.FireAsync(""));
        e = await Assert.ThrowsAsync<DiscoveryException>(
            async () => await rig.Events.FireAsync("deploy", context: new CallContext { Datacenter = "dc9" }));
        Assert.Equal(DiscoveryError.NoPathToDatacenter, e.Error);
        Assert.Empty(rig.Calls);
        await rig.Events.FireAsync("deploy");
        Assert.Equal(1ul, Assert.Single(rig.Events.Recent).LamportTime);
    });

    [Fact]
    public void Fire_AfterWhatOthersHaveSeen_IsLater() => EventRig.Run(async rig =>
    {
        rig.OthersTime = 41;
        await rig.Events.FireAsync("first");
        await rig.Kernel.AdvanceAsync(TimeSpan.Zero);
        await rig.Events.FireAsync("second");
        Assert.Equal([1ul, 42ul], rig.Events.Recent.Select(static one => one.LamportTime));
    });

    [Fact]
    public void Receive_TheSameTwice_CountsOnce() => EventRig.Run(rig =>
    {
        UserEventMessage one = EventRig.Message("a");
        Assert.True(rig.Receiver.Receive(one));
        Assert.False(rig.Receiver.Receive(one));
        Assert.False(rig.Receiver.Receive(one with { LamportTime = 9 }));
        Assert.Single(rig.Events.Recent);
        return Task.CompletedTask;
    });

    [Fact]
    public void Receive_MoreThanAreKept_KeepsTheLastInTheOrderInWhichTheyCame() => EventRig.Run(rig =>
    {
        UserEventMessage first = EventRig.Message("0");
        rig.Receiver.Receive(first);
        for (int i = 1; i < UserEventLog.IdsMax; i++)
        {
            rig.Receiver.Receive(EventRig.Message($"{i}"));
        }

        Assert.Equal(
            Enumerable.Range(UserEventLog.IdsMax - UserEventLog.EventsMax, UserEventLog.EventsMax).Select(static i => $"{i}"),
            rig.Events.Recent.Select(static one => one.Name));

        // Its id is remembered for as long again, and then it is another event.
        Assert.False(rig.Receiver.Receive(first));
        rig.Receiver.Receive(EventRig.Message("last"));
        Assert.True(rig.Receiver.Receive(first));
        return Task.CompletedTask;
    });

    [Fact]
    public void Receive_ByServicesOfTheAgent_IsDecidedHere() => EventRig.Run(
        rig =>
        {
            rig.Receiver.Receive(EventRig.Message("by id", filter: new UserEventFilter { Service = "^web-1$" }));
            rig.Receiver.Receive(EventRig.Message("by name", filter: new UserEventFilter { Service = "^web$" }));
            rig.Receiver.Receive(EventRig.Message("by tag", filter: new UserEventFilter { Service = "web", Tag = "^v1$" }));
            rig.Receiver.Receive(EventRig.Message("by another tag", filter: new UserEventFilter { Service = "web", Tag = "v2" }));
            Assert.Equal(["by id", "by tag"], rig.Events.Recent.Select(static one => one.Name));
            return Task.CompletedTask;
        },
        static builder => builder.AddService("web", static service =>
        {
            service.Id = "web-1";
            service.Tags.Add("v1");
        }));

    [Fact]
    public void Receive_WhatIsOdd_IsToldOncePerWhile() => EventRig.Run(async rig =>
    {
        Assert.False(rig.Receiver.Receive(new UserEventMessage(1, "garbage", new byte[] { 0xc1 })));
        Assert.False(rig.Receiver.Receive(new UserEventMessage(1, "too long", new byte[513])));
        Assert.True(rig.Receiver.Receive(EventRig.Message("newer", version: 2)));
        await rig.Kernel.AdvanceAsync(TimeSpan.FromSeconds(10));
        Assert.True(rig.Receiver.Receive(EventRig.Message("filter", filter: new UserEventFilter { Node = "(" })));
        Assert.Equal("newer", Assert.Single(rig.Events.Recent).Name);
        Assert.Equal(
            [
                "1750 Warning Event garbage: it cannot be read (1 since the last line of this kind)",
                "1750 Warning Event filter: it is not taken, for its filter is none: error parsing regexp: missing closing ): `(` "
                + "(3 since the last line of this kind)",
            ],
            rig.Lines);
    });

    [Fact]
    public void WaitForChange_OfWhatWasSeen_EndsWithTheNextEventAndWithTheNode() => EventRig.Run(async rig =>
    {
        IReadOnlyList<UserEvent> seen = rig.Events.Recent;
        Task changed = rig.Events.WaitForChangeAsync(seen).AsTask();
        await rig.Events.FireAsync("other", filter: new UserEventFilter { Node = "n2" });
        await rig.Kernel.AdvanceAsync(TimeSpan.Zero);
        Assert.False(changed.IsCompleted);
        await rig.Events.FireAsync("a");
        await changed;
        await rig.Events.WaitForChangeAsync(seen);
        Task next = rig.Events.WaitForChangeAsync(rig.Events.Recent).AsTask();
        await rig.Node.StopAsync();
        Assert.Equal(DiscoveryError.Stopped, (await Assert.ThrowsAsync<DiscoveryException>(() => next)).Error);
        DiscoveryException e = await Assert.ThrowsAsync<DiscoveryException>(async () => await rig.Events.FireAsync("late"));
        Assert.Equal(DiscoveryError.Stopped, e.Error);
    });

    [Fact]
    public void Follow_ByName_TellsWhatComesFromTheCallOn() => EventRig.Run(async rig =>
    {
        await rig.Events.FireAsync("a", "before"u8.ToArray());
        IAsyncEnumerable<UserEvent> following = rig.Events.FollowAsync("a");
        List<string> told = [];
        await rig.Events.FireAsync("a", "1"u8.ToArray());
        Task reading = rig.Kernel.Start(async () =>
        {
            await foreach (UserEvent one in following)
            {
                told.Add(Encoding.UTF8.GetString(one.Payload.Span));
            }
        });
        await rig.Events.FireAsync("b", "2"u8.ToArray());
        await rig.Events.FireAsync("a", "3"u8.ToArray());
        await rig.Kernel.AdvanceAsync(TimeSpan.Zero);
        Assert.Equal(["1", "3"], told);

        // Nobody reads while these come: the oldest are gone.
        for (int i = 0; i < UserEventLog.EventsMax + 10; i++)
        {
            rig.Receiver.Receive(EventRig.Message("a", payload: $"{i}"));
        }

        await rig.Kernel.AdvanceAsync(TimeSpan.Zero);
        Assert.Equal((2 + UserEventLog.EventsMax, "10"), (told.Count, told[2]));
        await rig.Node.StopAsync();
        await reading;
    });

    [Fact]
    public void Spread_WhileAServerIsSlow_SendsWhatHasGatheredInOneCallAndGivesUpTheOldest() => EventRig.Run(async rig =>
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        rig.Answering = server => server == "n2:8300" ? gate.Task : Task.CompletedTask;
        await rig.Events.FireAsync("first");
        await rig.Kernel.AdvanceAsync(TimeSpan.Zero);
        for (int i = 0; i < EventOutboxes.WaitingMax + 5; i++)
        {
            await rig.Events.FireAsync($"{i}");
            await rig.Kernel.AdvanceAsync(TimeSpan.Zero);
        }

        Assert.Single(rig.Calls, static call => call.Server == "n2:8300");
        Assert.Equal(
            ["1751 Warning 1 events have not reached n2:8300: more than 256 are waiting (1 since the last line of this kind)"], rig.Losses);
        gate.SetResult();
        await rig.Kernel.AdvanceAsync(TimeSpan.Zero);
        byte[][] sent = [.. rig.Calls.Where(static call => call.Server == "n2:8300").Select(static call => call.Body)];
        Assert.Equal(["first"], ReadSpread(sent[0]).Select(static one => one.Name));
        Assert.Equal(2, sent.Length);
        Assert.Equal(
            Enumerable.Range(5, EventOutboxes.WaitingMax).Select(static i => $"{i}"), ReadSpread(sent[1]).Select(static one => one.Name));
        Assert.Equal(
            EventOutboxes.WaitingMax + 6,
            rig.Calls.Where(static call => call.Server == "n3:8300").Sum(static call => ReadSpread(call.Body).Count));
    });

    [Fact]
    public void Spread_ToAServerThatIsNotReached_IsGivenUpAndTold() => EventRig.Run(async rig =>
    {
        rig.Answering = static server => server == "n2:8300"
            ? throw new DiscoveryException(DiscoveryError.PeerUnreachable, "nobody there")
            : Task.CompletedTask;
        await rig.Events.FireAsync("a");
        await rig.Kernel.AdvanceAsync(TimeSpan.Zero);
        Assert.Equal(["1751 Warning 1 events have not reached n2:8300: nobody there (1 since the last line of this kind)"], rig.Losses);
        rig.Answering = static _ => Task.CompletedTask;
        await rig.Events.FireAsync("b");
        await rig.Kernel.AdvanceAsync(TimeSpan.Zero);
        Assert.Equal(2, rig.Calls.Count(static call => call.Server == "n2:8300"));
    });

    [Fact]
    public void Carrier_OfAnotherPackage_TakesThePlace() => EventRig.Run(
        async rig =>
        {
            await rig.Events.FireAsync("a");
            Assert.Equal(["a"], ((RecordingCarrier)rig.Node.Get<IUserEventCarrier>()).Names);
            Assert.Empty(rig.Calls);
        },
        static builder => builder.Services.AddSingleton<IUserEventCarrier, RecordingCarrier>());

    private static IReadOnlyList<UserEventMessage> ReadSpread(byte[] body) => [.. EventSpread.Read(body).Messages];

    private sealed class RecordingCarrier : IUserEventCarrier
    {
        public List<string> Names { get; } = [];

        public ValueTask SendAsync(string name, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken = default)
        {
            Names.Add(name);
            return ValueTask.CompletedTask;
        }
    }
}
