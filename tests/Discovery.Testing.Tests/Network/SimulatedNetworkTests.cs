namespace Discovery.Testing.Tests.Network;

public sealed class SimulatedNetworkTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Ms = TimeSpan.FromMilliseconds(1);
    private readonly SimulationKernel _kernel = new(31);

    [Fact]
    public async Task Send_FixedDelay_ArrivesExactlyThen()
    {
        SimulatedNetwork<int> network = new(_kernel, new LinkConditions { DelayMin = Ms * 7, DelayMax = Ms * 7 });
        NetworkEndpoint<int> a = network.Attach("a");
        NetworkEndpoint<int> b = network.Attach("b");
        a.Send("b", 5);
        await _kernel.AdvanceAsync(Ms * 7 - new TimeSpan(1));
        Assert.Empty(Read(b));
        await _kernel.AdvanceAsync(new TimeSpan(1));
        Assert.Equal([5], Read(b));
        Assert.Equal(["00:00:00.0070000 a -> b: 5"], _kernel.TranscriptLines);
    }

    [Fact]
    public async Task Send_ManyOnALinkThatReorders_AllArriveInAnotherOrder()
    {
        int[] arrived = await SendHundredAsync(new LinkConditions());
        Assert.Equal(Enumerable.Range(0, 100), arrived.Order());
        Assert.NotEqual(Enumerable.Range(0, 100), arrived);
    }

    [Fact]
    public async Task Send_ManyOnALinkThatKeepsOrder_ArriveInOrder() =>
        Assert.Equal(Enumerable.Range(0, 100), await SendHundredAsync(new LinkConditions { Reorders = false }));

    [Fact]
    public async Task Send_DropShareOne_NothingArrives() => Assert.Empty(await SendHundredAsync(new LinkConditions { DropShare = 1 }));

    [Fact]
    public async Task Send_DuplicateShareOne_EachArrivesTwice() => Assert.Equal(
        Enumerable.Range(0, 200).Select(static i => i / 2), (await SendHundredAsync(new LinkConditions { DuplicateShare = 1 })).Order());

    [Fact]
    public async Task Send_SomeDropAndDuplicate_CountersAddUp()
    {
        SimulatedNetwork<int> network = new(_kernel, new LinkConditions { DropShare = 0.2, DuplicateShare = 0.2 });
        NetworkEndpoint<int> a = network.Attach("a");
        NetworkEndpoint<int> b = network.Attach("b");
        for (int i = 0; i < 1000; i++)
        {
            a.Send("b", i);
        }

        await _kernel.AdvanceAsync(Second);
        NetworkCounters counters = network.Counters;
        Assert.InRange(counters.Dropped, 140, 260);
        Assert.InRange(counters.Duplicated, 100, 220);
        Assert.Equal(1000 - counters.Dropped + counters.Duplicated, counters.Delivered);
        Assert.Equal(counters.Delivered, Read(b).Length);
        Assert.Equal(0, network.UnderWay);
    }

    [Fact]
    public async Task CutOneWay_TheOtherWay_StillArrives()
    {
        SimulatedNetwork<int> network = new(_kernel);
        NetworkEndpoint<int> a = network.Attach("a");
        NetworkEndpoint<int> b = network.Attach("b");
        network.CutOneWay("a", "b");
        a.Send("b", 1);
        b.Send("a", 2);
        await _kernel.AdvanceAsync(Second);
        Assert.Empty(Read(b));
        Assert.Equal([2], Read(a));
    }

    [Fact]
    public async Task Cut_WhileUnderWay_LosesTheMessageEvenWhenHealedLater()
    {
        SimulatedNetwork<int> network = new(_kernel, new LinkConditions { DelayMin = Second, DelayMax = Second });
        NetworkEndpoint<int> a = network.Attach("a");
        NetworkEndpoint<int> b = network.Attach("b");
        a.Send("b", 1);
        network.Cut("a", "b");
        await _kernel.AdvanceAsync(Second * 2);
        network.Heal("a", "b");
        a.Send("b", 2);
        await _kernel.AdvanceAsync(Second * 2);
        Assert.Equal([2], Read(b));
        Assert.Equal(1, network.Counters.Cut);
    }

    [Fact]
    public async Task Partition_TwoGroups_OnlyInsideAGroupArrives()
    {
        SimulatedNetwork<int> network = new(_kernel);
        NetworkEndpoint<int>[] all = [.. new[] { "a", "b", "c" }.Select(network.Attach)];
        network.Partition(["a", "b"], ["c"]);
        foreach (NetworkEndpoint<int> from in all)
        {
            foreach (NetworkEndpoint<int> to in all.Where(e => e != from))
            {
                from.Send(to.Name, 1);
            }
        }

        await _kernel.AdvanceAsync(Second);
        Assert.Equal([1, 1, 0], all.Select(static e => Read(e).Length));
        network.HealAll();
        all[0].Send("c", 3);
        await _kernel.AdvanceAsync(Second);
        Assert.Equal([3], Read(all[2]));
    }

    [Fact]
    public async Task Detach_WhileUnderWay_ASuccessorOfTheNameGetsNothingOld()
    {
        SimulatedNetwork<int> network = new(_kernel);
        NetworkEndpoint<int> a = network.Attach("a");
        NetworkEndpoint<int> old = network.Attach("b");
        a.Send("b", 1);
        old.Detach();
        NetworkEndpoint<int> successor = network.Attach("b");
        await _kernel.AdvanceAsync(Second);
        Assert.Empty(Read(successor));
        Assert.True(old.Inbox.Completion.IsCompleted);
        Assert.Equal(1, network.Counters.Unreachable);
    }

    [Fact]
    public void Run_PingPongOnABadNetwork_SameSeedSameTranscript()
    {
        Assert.Equal(PingPong(1), PingPong(1));
        Assert.Equal(20, Enumerable.Range(0, 20).Select(PingPong).Distinct().Count());
    }

    private static ulong PingPong(int seed)
    {
        SimulationKernel kernel = new(seed);
        SimulatedNetwork<int> network = new(kernel, new LinkConditions { DropShare = 0.1, DuplicateShare = 0.1 });
        kernel.Run(async () =>
        {
            foreach (string name in (string[])["a", "b", "c"])
            {
                NodeRuntime runtime = kernel.CreateRuntime();
                NetworkEndpoint<int> endpoint = network.Attach(name);
                Random random = runtime.CreateRandom();
                _ = runtime.Start(async () =>
                {
                    while (await endpoint.Inbox.WaitToReadAsync())
                    {
                        while (endpoint.Inbox.TryRead(out NetworkMessage<int> message))
                        {
                            endpoint.Send(random.Next(2) == 0 ? message.From : "a", message.Body + 1);
                        }
                    }
                });
            }

            NetworkEndpoint<int> starter = network.Attach("starter");
            for (int i = 0; i < 10; i++)
            {
                starter.Send("b", i * 1000);
                await Task.Delay(TimeSpan.FromMilliseconds(20), kernel.Time);
            }
        });
        return kernel.TranscriptHash;
    }

    private static int[] Read(NetworkEndpoint<int> endpoint)
    {
        List<int> read = [];
        while (endpoint.Inbox.TryRead(out NetworkMessage<int> message))
        {
            read.Add(message.Body);
        }

        return [.. read];
    }

    private async Task<int[]> SendHundredAsync(LinkConditions conditions)
    {
        SimulatedNetwork<int> network = new(_kernel, conditions);
        NetworkEndpoint<int> a = network.Attach("a");
        NetworkEndpoint<int> b = network.Attach("b");
        for (int i = 0; i < 100; i++)
        {
            a.Send("b", i);
        }

        await _kernel.AdvanceAsync(Second);
        return Read(b);
    }
}
