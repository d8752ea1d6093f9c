using System.Buffers.Binary;
using System.Net;
using Discovery.Protocol;
using Discovery.Testing;
using Discovery.Wire;

namespace Discovery.Transport;

public sealed class HandshakeTests
{
    private const string Stranger = "A server's connection from 127.0.0.1:1 is refused: ";

    [Fact]
    public void Hello_Encoded_HasThePinnedBytes()
    {
        Hello hello = Plain() with
        {
            Before = Messages.Id(7).Node,
            Address = "h:1",
            IsWitness = true,
            MemberAt = new LogPosition(9, 2),
            Standing = Standing.Member,
            Known = [new KnownPeer(Messages.Id(3), "s3", new PeerAddress("h", 3))],
            Vote = new FormationVote(
                FormationStep.Accept, new Ballot(4, Messages.Id(1)), Ballot.None, Messages.Configuration(1)),
        };
        string zeros = new('0', 30);
        string first = zeros + "01" + zeros + "65";
        Assert.Equal(
            "44524654" + "0200" + "1F01" + "01" + zeros + "C1" + first + zeros + "02" + zeros + "66" + "03" + "01" + zeros + "07"
            + "0900000000000000" + "0200000000000000" + "02" + "7331" + "03" + "683A31"
            + "01" + zeros + "03" + zeros + "67" + "02" + "7333" + "03" + "683A33"
            + "02" + "0400000000000000" + first + new string('0', 80) + "2600" + "0101000000" + first + "02",
            Convert.ToHexString(hello.Encode(Hello.Magic))[..^8]);
        Assert.True(HelloCodec.TryRead(hello.Encode(Hello.Magic), out Hello? read));
        Assert.Equal(hello with { Known = [] }, read! with { Known = [] });
        Assert.Equal(hello.Known, read.Known);
    }

    [Fact]
    public void Hello_Damaged_IsFalse()
    {
        byte[] bytes = Plain().Encode(Hello.Magic);
        for (int bit = 0; bit < bytes.Length * 8; bit++)
        {
            byte[] damaged = [.. bytes];
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(HelloCodec.TryRead(damaged, out _));
        }

        for (int length = 0; length < bytes.Length; length++)
        {
            Assert.False(HelloCodec.TryRead(bytes.AsSpan(0, length), out _));
        }

        Assert.False(HelloCodec.TryRead((Plain() with { Name = "a\nb" }).Encode(Hello.Magic), out _));
        Assert.False(HelloCodec.TryRead((Plain() with { Address = "nowhere" }).Encode(Hello.Magic), out _));
    }

    [Fact]
    public void Hello_OfManyServers_TellsOfAsManyAsFit()
    {
        KnownPeer[] known = [.. Enumerable.Range(1, 100).Select(
            static i => new KnownPeer(Messages.Id(i), new string('n', 200), new PeerAddress(new string('h', 200), i)))];
        Assert.True(HelloCodec.TryRead((Plain() with { Known = known }).Encode(Hello.AnswerMagic), out Hello? read));
        Assert.Equal(known.Take(read!.Known.Count), read.Known);
        Assert.InRange(read.Known.Count, 20, Hello.KnownMax);
        KnownPeer[] small = [.. known.Select(static peer => peer with { Name = "n", Address = new PeerAddress("h", 1) })];
        Assert.True(HelloCodec.TryRead((Plain() with { Known = small }).Encode(Hello.AnswerMagic), out read));
        Assert.Equal(Hello.KnownMax, read!.Known.Count);
    }

    [Fact]
    public void Connect_OtherCluster_IsRefusedWithOneLineOnEachSide() => Refused(
        (a, b) => a.Identity = new TransportIdentity(a.Id, "s1", new Guid("00000000-0000-0000-0000-0000000000c2")),
        "it belongs to cluster 00000000-0000-0000-0000-0000000000c1, and this server to 00000000-0000-0000-0000-0000000000c2",
        "it belongs to cluster 00000000-0000-0000-0000-0000000000c2, and this server to 00000000-0000-0000-0000-0000000000c1");

    [Fact]
    public void Connect_SameNodeId_IsRefused() => Refused(
        (a, b) => a.Identity = new TransportIdentity(new VoterId(b.Id.Node, Messages.Id(9).Log), "s1", Messages.Cluster),
        "both have node id 00000000-0000-0000-0000-000000000002: a data directory was copied, or this server is its own peer",
        "both have node id 00000000-0000-0000-0000-000000000002: a data directory was copied, or this server is its own peer");

    [Fact]
    public void Connect_PeerHasAnotherLog_IsRefused() => Refused(
        (a, b) => b.Identity = new TransportIdentity(Messages.Id(2, 200), "s2", Messages.Cluster),
        "it has log 00000000-0000-0000-0000-0000000000c8, and 00000000-0000-0000-0000-000000000066 was meant: "
            + "its data directory was replaced",
        "it means log 00000000-0000-0000-0000-000000000066, and this node has log 00000000-0000-0000-0000-0000000000c8: "
            + "a data directory was replaced, and this is a new member");

    [Fact]
    public void Connect_AddressOfAnotherNode_IsRefused() => Refused(
        (a, b) => b.Identity = new TransportIdentity(Messages.Id(7), "s7", Messages.Cluster),
        "at its address is node 00000000-0000-0000-0000-000000000007 (\"s7\"), and node 00000000-0000-0000-0000-000000000002 was meant",
        "it means node 00000000-0000-0000-0000-000000000002, and this is node 00000000-0000-0000-0000-000000000007: "
            + "its list of addresses is out of date");

    [Fact]
    public void Connect_ClusterNotKnownYet_IsAccepted() => TransportRig.Run(async (rig, a, b) =>
    {
        a.Identity = new TransportIdentity(a.Id, "s1", Guid.Empty);
        a.Open();
        a.Transport.Send(Messages.Beat(a.Id, b.Id, 1));
        await rig.AdvanceAsync(0.1);
        Assert.Single(b.Receiver.Messages);
        a.Identity.Cluster = Messages.Cluster;
        Assert.Throws<InvariantViolationException>(() => a.Identity.Cluster = Guid.Empty);
    });

    [Fact]
    public void Connect_LogNotOpen_ComesAgain() => TransportRig.Run(async (rig, a, b) =>
    {
        b.Handler.Transport = null;
        a.Transport.Send(Messages.Beat(a.Id, b.Id, 1));
        await rig.AdvanceAsync(0.1);
        Assert.Contains("or starts or stops", Assert.Single(a.Lines));
        b.Handler.Transport = b.Transport;
        a.Transport.Send(Messages.Beat(a.Id, b.Id, 1));
        await rig.AdvanceAsync(0.1);
        Assert.Single(b.Receiver.Messages);
    });

    [Theory]
    [InlineData("474554202F20485454502F312E310D0A0D0A", "it speaks another protocol")]
    [InlineData("160301020001000200", "it speaks TLS and this server does not: give both the same TLS options")]
    [InlineData("445246540100580000000000", "it speaks format 1 and this server speaks 2: give both the same version")]
    [InlineData("44524654020000FF00000000", "it speaks another protocol")]
    [InlineData("4452465402000400AABBCCDD", "its hello is malformed")]
    [InlineData(
        "4452", "it has closed the connection without a hello: it is no server of this kind, or expects TLS, or starts or stops")]
    public void Serve_BytesThatAreNoHello_SaysWhatTheyAre(string bytes, string reason) => TransportRig.Run(async (rig, a, b) =>
    {
        var wire = new StreamPair();
        Task serving = rig.Kernel.Start(() => b.ServeAsync(wire.Server, new IPEndPoint(IPAddress.Loopback, 1)));
        await wire.Client.WriteAsync(Convert.FromHexString(bytes));
        if (bytes.Length < 16)
        {
            await wire.Client.DisposeAsync();
        }

        await serving;
        Assert.Equal($"3203 Warning {Stranger}{reason} (1 since the last line of this kind)", Assert.Single(b.Lines));
        Assert.Equal(0, b.Transport.IncomingCount);
    });

    [Theory]
    [InlineData(FormationVote.MembersMax, false)]
    [InlineData(FormationVote.MembersMax + 1, false)]
    [InlineData(FormationVote.MembersMax, true)]
    [InlineData(RaftConfiguration.MembersMax / 4, false)]
    public void Serve_VoteForTooManyMembers_IsRefusedUnheard(int members, bool isJoint) => TransportRig.Run(async (rig, a, b) =>
    {
        bool isTaken = members <= FormationVote.MembersMax && !isJoint;
        var introductions = new RecordingIntroductions();
        b.Introductions = introductions;
        b.Open();
        var wire = new StreamPair();
        Task serving = rig.Kernel.Start(() => b.ServeAsync(wire.Server, new IPEndPoint(IPAddress.Loopback, 1)));
        await wire.Client.WriteAsync(Asking(members, isJoint));
        await serving;
        Assert.Equal(
            isTaken ? [] : [$"3203 Warning {Stranger}its hello is malformed (1 since the last line of this kind)"], b.Lines);
        Assert.Equal(isTaken ? [members] : [], introductions.Asked.Select(static hello => hello.Vote!.Members.Members.Length));
        Assert.Equal((0, 0L), (b.Transport.IncomingCount, b.Transport.ReassemblyBytes));
    });

    [Fact]
    public void Serve_SilentConnection_IsClosedAfterItsTime() => TransportRig.Run(async (rig, a, b) =>
    {
        var wire = new StreamPair();
        await b.ServeAsync(wire.Server, new IPEndPoint(IPAddress.Loopback, 1));
        Assert.Equal(TimeSpan.FromSeconds(5), rig.Kernel.Time.Elapsed);
        Assert.Equal(
            "3204 Warning A server's connection from 127.0.0.1:1 is closed: it has not said hello within 00:00:05 "
            + "(1 since the last line of this kind)",
            Assert.Single(b.Lines));
    });

    [Theory]
    [InlineData("1503030002022F", "it speaks TLS and this server does not: give both the same TLS options")]
    [InlineData("485454502F312E3120343030", "it speaks another protocol")]
    public void Connect_PeerThatAnswersSomethingElse_SaysWhatItIs(string bytes, string reason) => TransportRig.Run(async (rig, a, b) =>
    {
        var wire = new StreamPair();
        await wire.Server.WriteAsync(Convert.FromHexString(bytes));
        HelloException e = await Assert.ThrowsAsync<HelloException>(
            () => Handshake.OpenAsync(wire.Client, a.Identity, b.Id, Purpose.Messages, default));
        Assert.Equal(reason, e.Message);
    });

    [Theory]
    [InlineData(true, true, 1)]
    [InlineData(true, false, 0)]
    [InlineData(false, true, 0)]
    public void Connect_WithSecurity_NeedsItOnBothSides(bool here, bool there, int arrive) => TransportRig.Run(async (rig, a, b) =>
    {
        a.Security = here ? new XorSecurity() : a.Security;
        b.Security = there ? new XorSecurity() : b.Security;
        a.Open();
        b.Open();
        a.Transport.Send(Messages.Beat(a.Id, b.Id, 1));
        await rig.AdvanceAsync(1);
        Assert.Equal(arrive, b.Receiver.Messages.Count);
        Assert.Equal(arrive == 0 ? ["it speaks another protocol"] : [], b.Lines
            .Where(static line => line.StartsWith("3203", StringComparison.Ordinal))
            .Select(static line => line.Split(": ")[1].Split(" (")[0]));
    });

    [Fact]
    public void Connect_SecurityRefuses_IsTheReason() => TransportRig.Run(async (rig, a, b) =>
    {
        a.Security = new XorSecurity { Refusal = "its certificate has expired" };
        a.Open();
        a.Transport.Send(Messages.Beat(a.Id, b.Id, 1));
        await rig.AdvanceAsync(0.1);
        Assert.Contains("is not reached for Messages: its certificate has expired.", Assert.Single(a.Lines));
    });

    [Fact]
    public void Serve_BytesAfterAGoodHello_EndTheConnectionAndNothingElse()
    {
        for (int seed = 1; seed <= 40; seed++)
        {
            int tried = seed;
            TransportRig.Run(async (rig, a, b) =>
            {
                var random = new Random(tried);
                var wire = new StreamPair(1_000_000);
                Task serving = rig.Kernel.Start(() => b.ServeAsync(wire.Server, new IPEndPoint(IPAddress.Loopback, 1)));
                var purpose = (Purpose)random.Next(1, 4);
                await Handshake.OpenAsync(wire.Client, a.Identity, b.Id, purpose, default);
                await wire.Client.WriteAsync(Noise(random));
                await rig.AdvanceAsync(30);
                Assert.True(serving.IsCompletedSuccessfully);
                Assert.Equal((0, 0L), (b.Transport.IncomingCount, b.Transport.ReassemblyBytes));
                Assert.Empty(b.Receiver.Messages);
                Assert.Empty(b.Receiver.Proposals);
            });
        }
    }

    private static Hello Plain() => new(1, Messages.Cluster, Messages.Id(1), Messages.Id(2), "s1");

    // A hello that no server of ours would say: the members of its vote are put in place after it was encoded.
    private static byte[] Asking(int members, bool isJoint)
    {
        const int Bare = 5 + sizeof(uint);
        RaftMember[] all = [.. Enumerable.Range(1, members).Select(static number => new RaftMember(Messages.Id(number), MemberRole.Voter))];
        RaftConfiguration wanted = isJoint
            ? RaftConfiguration.Of(all[..(members / 2)]).JoinedBy(all[(members / 2)..])
            : RaftConfiguration.Of(all);
        byte[] encoded = wanted.Encode();
        Hello hello = Plain() with
        {
            Code = (byte)Purpose.Introduction,
            Vote = FormationVote.None with { Step = FormationStep.Accept, Ballot = new Ballot(1, Messages.Id(1)) },
        };
        byte[] plain = hello.Encode(Hello.Magic);
        byte[] bytes = [.. plain[..^Bare], .. encoded, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(6), (ushort)(bytes.Length - HelloCodec.PrefixBytes));
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(plain.Length - Bare - sizeof(ushort)), (ushort)encoded.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(bytes.Length - 4), Crc32C.Compute(bytes.AsSpan(..^4)));
        return bytes;
    }

    private static byte[] Noise(Random random)
    {
        byte[] noise = Messages.Bytes(random.Next(1, 100_000), random.Next());
        if (random.Next(2) == 0)
        {
            return noise;
        }

        // A whole frame of any type, whose content means nothing.
        using var into = new WireBuffer();
        byte[] content = noise[..Math.Min(noise.Length, 2000)];
        content.CopyTo(FrameFormat.Begin(into, content.Length, out int start));
        FrameFormat.End(into, start, (FrameType)random.Next(1, 9), (byte)(random.Next(4) << 5), null);
        return into.WrittenSpan.ToArray();
    }

    private static void Refused(Action<RigServer, RigServer> change, string toldHere, string toldThere) =>
        TransportRig.Run(async (rig, a, b) =>
        {
            VoterId meant = b.Id;
            change(a, b);
            a.Open();
            b.Open();
            for (int i = 0; i < 90; i++)
            {
                a.Transport.Send(Messages.Beat(a.Id, meant, 1));
                await rig.AdvanceAsync(0.1);
            }

            Assert.Empty(b.Receiver.Messages);
            Assert.Equal(
                [$"3201 Warning Server 00000000-0000-0000-0000-000000000002 is not reached for Messages: server:2: {toldHere}. "
                    + "It is tried again while it is needed"],
                a.Lines);
            Assert.Equal(
                [$"3203 Warning {Stranger}{toldThere} (1 since the last line of this kind)"], b.Lines);
            Assert.InRange(rig.Wires.Count, 10, 18);
        });

    private sealed class RecordingIntroductions : IIntroductions
    {
        public List<Hello> Asked { get; } = [];

        public void Heard(Hello hello)
        {
        }

        public ValueTask<Hello> AnswerAsync(Hello hello, Hello answer, CancellationToken cancellationToken)
        {
            Asked.Add(hello);
            return ValueTask.FromResult(answer);
        }
    }
}
