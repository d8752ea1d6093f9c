using Discovery.Protocol;
using Discovery.Testing;

namespace Discovery.Transport;

public sealed class MessageTransportTests
{
    [Fact]
    public void Send_OneOfEachKind_ArrivesInOrderOfItsLane() => TransportRig.Run(async (rig, a, b) =>
    {
        RaftMessage[] sent = [.. Messages.OfEachKind(a.Id, b.Id).Where(static message => message is not InstallSnapshot)];
        Array.ForEach(sent, a.Transport.Send);
        await rig.AdvanceAsync(0.1);
        IEnumerable<RaftMessage> quick = sent.Where(static message => message is not AppendRequest);
        IEnumerable<RaftMessage> slow = sent.Where(static message => message is AppendRequest);
        Assert.Equal(quick.Concat(slow).Select(Messages.Text), b.Receiver.Messages.Select(Messages.Text));
        Assert.Equal(("s2", "s1"), (a.Transport.NameOf(b.Id), b.Transport.NameOf(a.Id)));
        Assert.Single(rig.Wires);
        Assert.Equal(["3200 Information Connected to server s2 at server:2 for Messages"], a.Lines);
    });

    [Fact]
    public void Send_HeartbeatBehindALargeEntry_OvertakesIt() => TransportRig.Run(async (rig, a, b) =>
    {
        // The wire holds one frame, so what is sent is what has been read.
        List<string> order = [];
        b.Receiver.OnMessage = message => order.Add(message is AppendRequest ? "append" : "beat");
        a.Transport.Send(Messages.Append(a.Id, b.Id, 1, Messages.Bytes(2_000_000, 1)));
        Task beats = rig.Kernel.Start(async () =>
        {
            for (ulong i = 0; order.Count == 0 || order[^1] == "beat"; i++)
            {
                a.Transport.Send(Messages.Beat(a.Id, b.Id, i));
                await Task.Yield();
            }
        });
        await beats;
        Assert.InRange(order.Count, 10, 10_000);
        Assert.Equal("append", order[^1]);
        Assert.Equal(2_000_000, ((AppendRequest)b.Receiver.Messages[^1]).Entries[0].Body.Length);
        Assert.Equal(0, b.Transport.ReassemblyBytes);
    });

    [Fact]
    public void Send_PeerThatIsDown_CostsOneAttemptPerWait() => TransportRig.Run(async (rig, a, b) =>
    {
        b.IsDown = true;
        for (int i = 0; i < 1000; i++)
        {
            a.Transport.Send(Messages.Beat(a.Id, b.Id, 1));
            await rig.AdvanceAsync(0.01);
        }

        // 50, 100, 200, 400, 800, 1000, 1000 ... milliseconds, a little less each.
        Assert.InRange(a.Dials.Count, 14, 18);
        Assert.Equal(
            ["3201 Warning Server 00000000-0000-0000-0000-000000000002 is not reached for Messages: No node is reached at server: refused. "
                + "It is tried again while it is needed"],
            a.Lines);

        b.IsDown = false;
        await SendEveryTenMillisecondsAsync(rig, a, b, 120);
        Assert.NotEmpty(b.Receiver.Messages);
        Assert.Equal("3200 Information Connected to server s2 at server:2 for Messages", a.Lines[^1]);
    });

    [Fact]
    public void Send_NothingToSend_ConnectsToNobody() => TransportRig.Run(async (rig, a, b) =>
    {
        await rig.AdvanceAsync(100);
        Assert.Empty(a.Dials);
        Assert.Empty(b.Dials);
    });

    [Fact]
    public void Send_AddressUnknown_IsTold() => TransportRig.Run(async (rig, a, b) =>
    {
        rig.Directory.Remove(b.Id.Node);
        a.Transport.Send(Messages.Beat(a.Id, b.Id, 1));
        await rig.AdvanceAsync(0.1);
        Assert.Contains("no address of it is known", Assert.Single(a.Lines));
        Assert.Empty(a.Dials);
    });

    [Fact]
    public void Send_AfterAReset_ConnectsAtOnce() => TransportRig.Run(async (rig, a, b) =>
    {
        a.Transport.Send(Messages.Beat(a.Id, b.Id, 1));
        await rig.AdvanceAsync(10);
        rig.Wires[0].Server.Dispose();
        await rig.AdvanceAsync(0);
        a.Transport.Send(Messages.Beat(a.Id, b.Id, 2));
        await rig.AdvanceAsync(0);
        Assert.Equal([1UL, 2UL], b.Receiver.Messages.Select(static message => ((Heartbeat)message).Stamp));
        Assert.Equal(
            "3202 Information The connection to server s2 for Messages has ended: the other side has closed the connection", a.Lines[1]);

        // One that does not last is not opened again at once.
        rig.Wires[1].Server.Dispose();
        await rig.AdvanceAsync(0);
        a.Transport.Send(Messages.Beat(a.Id, b.Id, 3));
        await rig.AdvanceAsync(0);
        Assert.Equal(2, rig.Wires.Count);
        await rig.AdvanceAsync(0.05);
        a.Transport.Send(Messages.Beat(a.Id, b.Id, 4));
        await rig.AdvanceAsync(0);
        Assert.Equal(4UL, ((Heartbeat)b.Receiver.Messages[^1]).Stamp);
    });

    [Fact]
    public void Send_PeerGoneWithoutAWord_IsNoticedByItsSilence() => TransportRig.Run(async (rig, a, b) =>
    {
        await SendEveryTenMillisecondsAsync(rig, a, b, 10);
        rig.LoseWire();
        await SendEveryTenMillisecondsAsync(rig, a, b, 250);
        Assert.Single(rig.Wires);
        await SendEveryTenMillisecondsAsync(rig, a, b, 160);
        Assert.Equal(2, rig.Wires.Count);
        Assert.Contains("the other side was silent 3 times for 00:00:01", string.Join('\n', a.Lines));
        Assert.Equal(159UL, ((Heartbeat)b.Receiver.Messages[^1]).Stamp);
    });

    [Fact]
    public void Send_ForMinutes_KeepsTheConnectionThoughNobodyAnswersOnIt() => TransportRig.Run(async (rig, a, b) =>
    {
        for (ulong i = 0; i < 100; i++)
        {
            a.Transport.Send(Messages.Beat(a.Id, b.Id, i));
            await rig.AdvanceAsync(2.5);
        }

        Assert.Single(rig.Wires);
        Assert.Equal(100, b.Receiver.Messages.Count);
    });

    [Fact]
    public void Send_PeerThatReadsNothing_IsCutOffAndNothingGrows() => TransportRig.Run(async (rig, a, b) =>
    {
        var wire = new StreamPair(1000);
        using var peer = new CancellationTokenSource();
        Task alive = rig.Kernel.Start(() => ShowLifeAndReadNothingAsync(rig, wire.Server, peer.Token));
        var queue = new SendQueue(100, 1_000_000);
        using var over = new CancellationTokenSource();
        var session = new SnapshotSession(over);
        using var connection = new PeerConnection(
            rig.Kernel.CreateRuntime(), wire.Client, session, queue,
            ConnectionLimits.Opened(rig.Options, new ReassemblyBudget(0)), new TransportMetrics(new TestMeterFactory()));
        int added = 0;
        while (queue.TryAdd(Messages.Append(a.Id, b.Id, 1, new byte[1000]), 1064, Lane.Slow))
        {
            added++;
        }

        Assert.Equal(100, added);
        TimeSpan started = rig.Kernel.Time.Elapsed;
        await connection.RunAsync(CancellationToken.None);
        Assert.Equal("the other side has taken nothing 5 times for 00:00:01", connection.EndReason);
        Assert.Equal(TimeSpan.FromSeconds(5), rig.Kernel.Time.Elapsed - started);
        await peer.CancelAsync();
        await alive;
    });

    [Fact]
    public void Send_MoreThanTheQueueTakes_DropsAndCounts() => TransportRig.Run(
        async (rig, a, b) =>
        {
            using var counts = new CountListener(a.Meters, "discovery.raft.transport.dropped");
            a.Transport.Send(Messages.Beat(a.Id, b.Id, 1));
            await rig.AdvanceAsync(0.1);
            for (int i = 0; i < 50; i++)
            {
                a.Transport.Send(Messages.Append(a.Id, b.Id, 1, "x"u8.ToArray()));
                a.Transport.Send(Messages.Beat(a.Id, b.Id, 2));
            }

            await rig.AdvanceAsync(0.1);
            Assert.Equal(10, b.Receiver.Messages.Count(static message => message is AppendRequest));
            Assert.Equal(11, b.Receiver.Messages.Count(static message => message is Heartbeat));
            Assert.Equal(80, counts["full"]);
        },
        new TransportOptions { QueueMessagesMax = 10 });

    [Fact]
    public void Metrics_OfAConversation_CountIt() => TransportRig.Run(async (rig, a, b) =>
    {
        using var messages = new CountListener(a.Meters, "discovery.raft.transport.messages");
        using var received = new CountListener(b.Meters, "discovery.raft.transport.messages");
        using var bytes = new CountListener(a.Meters, "discovery.raft.transport.bytes");
        using var connections = new CountListener(a.Meters, "discovery.raft.transport.connections");
        b.IsDown = true;
        a.Transport.Send(Messages.Beat(a.Id, b.Id, 1));
        await rig.AdvanceAsync(0.5);
        b.IsDown = false;
        a.Transport.Send(Messages.Beat(a.Id, b.Id, 2));
        a.Transport.Send(Messages.Append(a.Id, b.Id, 1, "x"u8.ToArray()));
        await rig.AdvanceAsync(0.5);

        // The first heartbeat was taken, and lost with the attempt to connect.
        Assert.Equal((2, 1), (messages["heartbeat"], messages["append"]));
        Assert.Equal((1, 1), (received["heartbeat"], received["append"]));
        Assert.Equal((1, 1), (connections["failed"], connections["opened"]));
        Assert.Equal((8 + 25) + (8 + 45 + 13 + 1), bytes["sent"]);
    });

    [Fact]
    public void Send_LargerThanAMessageMayBe_IsDroppedAndTold() => TransportRig.Run(
        async (rig, a, b) =>
        {
            a.Transport.Send(Messages.Append(a.Id, b.Id, 1, new byte[20_000]));
            await rig.AdvanceAsync(0.1);
            Assert.Equal(
                ["3210 Error A message of 20128 bytes for server 00000000-0000-0000-0000-000000000002 is larger than 10000 "
                    + "and cannot be sent"],
                a.Lines);
        },
        new TransportOptions { MessageBytesMax = 10_000 });

    [Fact]
    public void Connection_ThatNobodyUses_IsClosedQuietlyAndOpenedAgain() => TransportRig.Run(async (rig, a, b) =>
    {
        a.Transport.Send(Messages.Beat(a.Id, b.Id, 1));
        await rig.AdvanceAsync(119);
        Assert.Equal(1, b.Transport.IncomingCount);
        await rig.AdvanceAsync(2);
        Assert.Equal(0, b.Transport.IncomingCount);
        Assert.Equal(["3200 Information Connected to server s2 at server:2 for Messages"], a.Lines);
        a.Transport.Send(Messages.Beat(a.Id, b.Id, 2));
        await rig.AdvanceAsync(0.1);
        Assert.Equal(2, b.Receiver.Messages.Count);
    });

    [Fact]
    public void Connect_PeerThatNeverAnswers_GivesUpInTime() => TransportRig.Run(async (rig, a, b) =>
    {
        b.IsLost = true;
        a.Transport.Send(Messages.Beat(a.Id, b.Id, 1));
        await rig.AdvanceAsync(1.9);
        Assert.Empty(a.Lines);
        await rig.AdvanceAsync(0.2);
        Assert.Contains("no connection to server:2 within 00:00:02", Assert.Single(a.Lines));
    });

    [Fact]
    public void Connect_AnewFromTheSameServer_TakesThePlaceOfTheOther() => TransportRig.Run(async (rig, a, b) =>
    {
        a.Transport.Send(Messages.Beat(a.Id, b.Id, 1));
        await rig.AdvanceAsync(0.1);
        a.Open();
        a.Transport.Send(Messages.Beat(a.Id, b.Id, 2));
        await rig.AdvanceAsync(0.1);
        Assert.Equal(1, b.Transport.IncomingCount);
        Assert.Contains(
            "3205 Information The connection from server s1 for Messages has ended: the server has opened another one", b.Lines);
        Assert.Empty(b.Receiver.Disconnected);

        // The last one: now it is gone.
        rig.Wires[^1].Client.Dispose();
        await rig.AdvanceAsync(0.1);
        Assert.Equal([a.Id], b.Receiver.Disconnected);
    });

    [Fact]
    public void Dispose_WhileConnected_EndsAllConnections() => TransportRig.Run(async (rig, a, b) =>
    {
        a.Transport.Send(Messages.Beat(a.Id, b.Id, 1));
        b.Transport.Send(Messages.Beat(b.Id, a.Id, 1));
        await rig.AdvanceAsync(0.1);
        await a.Transport.DisposeAsync();
        await rig.AdvanceAsync(0.1);
        Assert.Equal((0, 0), (a.Transport.IncomingCount, b.Transport.IncomingCount));
        a.Transport.Send(Messages.Beat(a.Id, b.Id, 2));
        await rig.AdvanceAsync(10);
        Assert.Single(b.Receiver.Messages);
    });

    private static async Task ShowLifeAndReadNothingAsync(TransportRig rig, Stream stream, CancellationToken until)
    {
        while (!until.IsCancellationRequested)
        {
            using var alive = new FrameWriter(new SendQueue(1, 1), int.MaxValue) { ShowsLife = true };
            await stream.WriteAsync(alive.Fill(), CancellationToken.None);
            await Task.Delay(TimeSpan.FromMilliseconds(500), rig.Kernel.Time, CancellationToken.None);
        }
    }

    private static async Task SendEveryTenMillisecondsAsync(TransportRig rig, RigServer a, RigServer b, int times)
    {
        for (int i = 0; i < times; i++)
        {
            a.Transport.Send(Messages.Beat(a.Id, b.Id, (ulong)i));
            await rig.AdvanceAsync(0.01);
        }
    }
}
