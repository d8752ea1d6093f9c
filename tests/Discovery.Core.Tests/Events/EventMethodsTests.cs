using Discovery.Rpc;

namespace Discovery.Events;

/// <summary>The calls of events: a client agent's, and those between servers.</summary>
public sealed class EventMethodsTests
{
    // The map that Consul answers: ConsistencyLevel "", Index 0, KnownLeader true, LastContact 0.
    private const string Fired =
        "84b0436f6e73697374656e63794c6576656ca0a5496e64657800ab4b6e6f776e4c6561646572c3ab4c617374436f6e7461637400";

    [Fact]
    public void EventFire_AsAClientAgentCallsIt_IsTakenInAndHandedOn() => Run(async (rig, stream) =>
    {
        UserEventMessage message = EventRig.Message("deploy", payload: "v2");
        byte[] call = Fire("dc1", "deploy", message.Payload.ToArray());
        (string error, byte[] body) = await RpcHarness.CallAsync(stream, "Internal.EventFire", call);
        Assert.Equal(("", Fired), (error, Convert.ToHexStringLower(body)));
        UserEvent seen = Assert.Single(rig.Events.Recent);
        Assert.Equal(("deploy", 1ul), (seen.Name, seen.LamportTime));
        await rig.Kernel.AdvanceAsync(TimeSpan.Zero);
        Assert.Equal(2, rig.Calls.Count);

        // A caller that was not answered calls again, perhaps.
        (error, _) = await RpcHarness.CallAsync(stream, "Internal.EventFire", call);
        Assert.Equal("", error);
        await rig.Kernel.AdvanceAsync(TimeSpan.Zero);
        Assert.Equal((1, 2), (rig.Events.Recent.Count, rig.Calls.Count));
    });

    [Theory]
    [InlineData("dc9", 10, "No path to datacenter")]
    [InlineData("", 10, "No path to datacenter")]
    [InlineData("dc1", 498, "user event exceeds configured limit of 512 bytes before encoding")]
    [InlineData("dc1", 480, "encoded user event exceeds configured limit of 512 bytes after encoding")]
    [InlineData("dc1", 10, "")]
    public void EventFire_OfWhatIsNoEvent_IsRefusedWhereConsulRefusesAndSentNowhere(string datacenter, int bytes, string text) =>
        Run(async (rig, stream) =>
        {
            (string error, _) = await RpcHarness.CallAsync(stream, "Internal.EventFire", Fire(datacenter, "r1", new byte[bytes]));
            Assert.Equal(text, error);
            await rig.Kernel.AdvanceAsync(TimeSpan.Zero);
            Assert.Equal((0, 0), (rig.Events.Recent.Count, rig.Calls.Count));
        });

    [Fact]
    public void Spread_FromAnotherServer_IsTakenInNotHandedOnAndMovesTheClock() => Run(async (rig, stream) =>
    {
        UserEventMessage[] events = [EventRig.Message("a", 5), EventRig.Message("b", 3, filter: new UserEventFilter { Node = "n2" })];
        (string error, byte[] body) = await RpcHarness.CallAsync(stream, EventSpread.Method, EventSpread.Encode("dc1", events));
        Assert.Equal(("", "81a54c54696d6505"), (error, Convert.ToHexStringLower(body)));
        Assert.Equal(["a"], rig.Events.Recent.Select(static one => one.Name));
        await rig.Events.FireAsync("c");
        Assert.Equal(6ul, rig.Events.Recent[^1].LamportTime);
        await rig.Kernel.AdvanceAsync(TimeSpan.Zero);
        Assert.Equal(2, rig.Calls.Count);
        (error, _) = await RpcHarness.CallAsync(stream, EventSpread.Method, EventSpread.Encode("dc9", events));
        Assert.Equal("No path to datacenter", error);
    });

    [Fact]
    public void Spread_WithATimeThatIsTheLast_LeavesTheClock() => Run(async (rig, stream) =>
    {
        UserEventMessage[] events = [EventRig.Message("a", ulong.MaxValue)];
        await RpcHarness.CallAsync(stream, EventSpread.Method, EventSpread.Encode("dc1", events));
        await rig.Events.FireAsync("b");
        Assert.Equal([ulong.MaxValue, 1ul], rig.Events.Recent.Select(static one => one.LamportTime));
    });

    private static byte[] Fire(string datacenter, string name, byte[] payload) => RpcHarness.Body(
        ("Datacenter", datacenter),
        ("Name", name),
        ("Payload", (byte[])[0xda, (byte)(payload.Length >> 8), (byte)payload.Length, .. payload]));

    private static void Run(Func<EventRig, Stream, Task> body) => EventRig.Run(async rig =>
    {
        var harness = new RpcHarness(rig.Kernel);
        RpcService service = harness.Serve(new EventMethods(
            rig.Node.Get<IUserEventCarrier>(), rig.Receiver, rig.Node.Get<EventClock>(), rig.Node.Get<ICommandLog>()));
        await body(rig, harness.Connect(service).Client);
    });
}
