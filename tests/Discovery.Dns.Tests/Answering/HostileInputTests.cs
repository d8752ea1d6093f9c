using System.Buffers.Binary;
using Discovery.Support;

namespace Discovery.Answering;

/// <summary>The table of hostile input: one test a row.</summary>
public sealed class HostileInputTests : IDisposable
{
    private readonly TestCatalog _catalog = TestCatalog.F();

    public void Dispose() => _catalog.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(11)]
    public void Answer_ShorterThanAHeader_Silence(int length) =>
        Assert.Equal(AnswerKind.Silence, _catalog.Responder().Answer(Web()[..length]).Kind);

    [Fact]
    public void Answer_AResponse_Silence()
    {
        byte[] packet = Web();
        packet[2] |= 0x80;
        Assert.Equal(AnswerKind.Silence, _catalog.Responder().Answer(packet).Kind);
        packet[3] = 1;
        Assert.Equal(AnswerKind.Silence, _catalog.Responder().Answer(packet[..12]).Kind);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(65535)]
    public void Answer_NotOneQuestion_FormErrOfTwelveBytes(int count)
    {
        byte[] packet = Web();
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), (ushort)count);
        Expect("FORMERR rd 12 bytes", packet);
    }

    [Fact]
    public void Answer_OneQuestionWithoutBytes_FormErr() => Expect("FORMERR rd 12 bytes", Web()[..12]);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(15)]
    public void Answer_OtherOpcode_NotImpWithTheOpcode(int opcode)
    {
        byte[] packet = Web();
        packet[2] = (byte)((opcode << 3) | 1);
        ParsedMessage reply = _catalog.Responder().Ask(packet);
        Assert.Equal("NOTIMP rd 12 bytes", reply.Describe());
        Assert.Equal(opcode, (reply.Flags >> 11) & 15);
    }

    [Fact]
    public void Answer_Notify_NotImpByDefaultAndAQueryForConsul()
    {
        byte[] packet = QueryBuilder.Make("web.service.consul", "SOA");
        packet[2] = (4 << 3) | 1;
        Expect("NOTIMP rd 12 bytes", packet);
        ParsedMessage reply = _catalog.Responder(static options => options.Consul187Quirks = true).Ask(packet);
        Assert.Equal(129, reply.Length);
    }

    [Fact]
    public void Answer_JunkBehindTheMessage_IsAccepted() => Expect("NOERROR aa rd 84 bytes", [.. Web(), 1, 2, 3, 0xFF]);

    [Fact]
    public void Answer_FewerRecordsThanCounted_FormErrWithTheQuestion()
    {
        byte[] packet = Web();
        packet[11] = 1;
        Expect("FORMERR rd 36 bytes", packet);
        packet[11] = 3;
        Expect("FORMERR rd 12 bytes", packet);
    }

    [Theory]
    [InlineData(7)]
    [InlineData(9)]
    public void Answer_AnswersOrAuthoritiesInAQuery_FormErr(int countAt)
    {
        byte[] packet = [.. Web(), 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0];
        packet[countAt] = 1;
        Expect("FORMERR rd 36 bytes", packet);
    }

    [Theory]
    [InlineData("C00C")] // to itself
    [InlineData("C020")] // forward
    [InlineData("C000")] // into the header
    [InlineData("03776562C00C")] // behind a label
    [InlineData("4000")] // reserved label types
    [InlineData("8000")]
    [InlineData("3F616263")] // beyond the end
    [InlineData("03776562")] // no end
    public void Answer_BadNameInTheQuestion_FormErr(string name) =>
        Expect("FORMERR rd 12 bytes", [.. Web()[..12], .. Convert.FromHexString(name), 0, 1, 0, 1]);

    [Fact]
    public void Answer_NameOf255BytesAndOf256_AnsweredAndFormErr()
    {
        string label = new('a', 63);
        string name = $"{label}.{label}.{label}";
        Assert.Equal("REFUSED", _catalog.Responder().Ask($"{name}.{new string('b', 61)}", "A").RcodeName);
        Expect("FORMERR rd 12 bytes", QueryBuilder.Make($"{name}.{new string('b', 62)}", "A"));
    }

    [Theory]
    [InlineData("\\046web")]
    [InlineData("we\\000b")]
    [InlineData("\\255web")]
    public void Answer_OddBytesInALabel_AreBytes(string label)
    {
        ParsedMessage reply = _catalog.Responder().Ask($"{label}.service.consul", "A");
        Assert.Equal("NXDOMAIN", reply.RcodeName);
        Assert.Equal("SOA", ParsedMessage.TypeName(reply.Authorities.Single().Type));
    }

    [Theory]
    [InlineData(3, "REFUSED rd 36 bytes")]
    [InlineData(0, "REFUSED rd 36 bytes")]
    [InlineData(254, "REFUSED rd 36 bytes")]
    [InlineData(255, "NOERROR aa rd 84 bytes")]
    public void Answer_OtherClass_RefusedButAny(int kind, string expected) =>
        Expect(expected, QueryBuilder.Make("web.service.consul", 1, kind: kind));

    [Fact]
    public void Answer_OtherClassForConsul_IsAnsweredAsInternet()
    {
        TestResponder responder = _catalog.Responder(static options => options.Consul187Quirks = true);
        Assert.Equal(3, responder.Ask(QueryBuilder.Make("web.service.consul", 1, kind: 3)).Answers.Count);
    }

    [Fact]
    public void Answer_EdnsOfVersionOne_BadVersWithOpt()
    {
        byte[] packet = QueryBuilder.Make("web.service.consul", "A", 4096);
        packet[^5] = 1;
        Expect("BADVERS rd 47 bytes", packet);
    }

    [Fact]
    public void Answer_TwoOpts_FormErr()
    {
        byte[] packet = [.. QueryBuilder.Make("web.service.consul", "A", 4096), 0, 0, 41, 16, 0, 0, 0, 0, 0, 0, 0];
        packet[11] = 2;
        Expect("FORMERR rd 36 bytes", packet);
    }

    [Theory]
    [InlineData("0008")] // half a head
    [InlineData("00080007")] // longer than what is there
    [InlineData("0008000700031800010203")] // family 3
    [InlineData("0008000700012100010203")] // 33 bits of IPv4
    [InlineData("00080006000118000102")] // fewer bytes than the prefix has
    [InlineData("000800020001")]
    public void Answer_BrokenOption_FormErr(string data) =>
        Expect("FORMERR rd 36 bytes", QueryBuilder.Make("web.service.consul", 1, 4096, optData: data));

    [Fact]
    public void Answer_UnknownOption_IsIgnored() =>
        Expect("NOERROR aa rd 95 bytes", QueryBuilder.Make("web.service.consul", 1, 4096, optData: "FDE900021234"));

    [Fact]
    public void Answer_OptThatIsNotTheRoots_FormErr()
    {
        byte[] packet = QueryBuilder.Make("web.service.consul", "A");
        packet[11] = 1;
        Expect("FORMERR rd 36 bytes", [.. packet, 1, (byte)'a', 0, 0, 41, 16, 0, 0, 0, 0, 0, 0, 0]);
    }

    [Fact]
    public void Answer_DoBit_IsCopied() =>
        Assert.True(_catalog.Responder().Ask(QueryBuilder.Make("web.service.consul", 1, 4096, isDo: true)).OptDo);

    [Theory]
    [InlineData(0)]
    [InlineData(511)]
    [InlineData(512)]
    public void Answer_OptSizeBelow512_Is512(int size) =>
        Assert.Equal(3, _catalog.Responder().Ask("many.service.consul", "A", size).Answers.Count);

    [Fact]
    public void Answer_FromTheInternet_IsCutTo1232BytesWithTc()
    {
        TestResponder responder = _catalog.Responder();
        responder.UdpBytesMax = new DnsOptions().UdpBytesMax;
        ParsedMessage reply = responder.Ask("many.service.consul", "SRV", 4096);
        Assert.True(reply.IsTruncated);
        Assert.InRange(reply.Length, 1100, 1232);
        Assert.False(responder.Ask("many.service.consul", "A", 4096).IsTruncated);
        Assert.False(responder.Ask("many.service.consul", "SRV", 800).IsTruncated);
    }

    private static byte[] Web() => QueryBuilder.Make("web.service.consul", "A");

    private void Expect(string expected, byte[] packet) =>
        Assert.StartsWith(expected, _catalog.Responder().Ask(packet).Describe(), StringComparison.Ordinal);
}
