using System.Globalization;
using Discovery.Support;
using Xunit.Abstractions;

namespace Discovery.Answering;

/// <summary>
/// Mutated packets against the answering core: no exception, no reply to a response, never more than allowed, and every reply is read
/// by the independent reader. FUZZ=count runs more, FUZZ_SEED another run; packets that once failed are kept in testdata/corpus.
/// </summary>
public sealed class FuzzTests(ITestOutputHelper output)
{
    private static readonly string[] s_names =
    [
        "web.service.consul", "_web._tcp.service.consul", "primary.web.service.dc1.consul", "many.service.consul", "n1.node.consul",
        "bar.baz.node.consul", "search.service.consul", "alias.service.consul", "loop.service.consul", "mix.service.consul",
        "self.service.consul", "0a000001.addr.consul", "1.0.0.10.in-addr.arpa", "consul", "nope.service.consul", "test-domain",
        "web.service.test-domain", "ds.service.consul", "six.service.consul", "db.connect.consul", "x.query.consul", "example.com",
        "6.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa",
    ];

    private static readonly int[] s_types = [1, 28, 33, 255, 16, 6, 2, 12, 5, 15, 43, 251, 252, 0, 65535];

    [Fact]
    public void Answer_MutatedPackets_AreAnsweredWithinTheRules()
    {
        int count = Number("FUZZ", 300_000);
        int seed = Number("FUZZ_SEED", 20261125);
        var random = new Random(seed);
        using TestCatalog catalog = TestCatalog.F();
        Target[] targets = [.. Targets(catalog)];
        var kinds = new int[4];
        for (int i = 0; i < count; i++)
        {
            byte[] packet = Mutate(Original(random), random);
            Target target = targets[random.Next(targets.Length)];
            kinds[(int)Check(target, packet, random.Next(4) == 0)]++;
        }

        output.WriteLine(
            $"{count} packets, seed {seed}: {kinds[0]} silent, {kinds[1]} replies, {kinds[2]} forwarded, {kinds[3]} to resolve");
    }

    [Fact]
    public void Answer_KeptPackets_AreAnsweredWithinTheRules()
    {
        using TestCatalog catalog = TestCatalog.F();
        Target[] targets = [.. Targets(catalog)];
        string[] lines = [.. File.ReadAllLines(TestCatalog.PathOf("corpus.txt")).Where(static line => line.Length > 0 && line[0] != '#')];
        Assert.NotEmpty(lines);
        foreach (string line in lines)
        {
            foreach (Target target in targets)
            {
                Check(target, Convert.FromHexString(line), isTcp: false);
                Check(target, Convert.FromHexString(line), isTcp: true);
            }
        }
    }

    private sealed record Target(TestResponder Responder, int UdpBytesMax);

    private static IEnumerable<Target> Targets(TestCatalog catalog)
    {
        foreach (bool hasQuirks in new[] { false, true })
        {
            foreach (bool hasRecursors in new[] { false, true })
            {
                TestResponder responder = catalog.Responder(options =>
                {
                    options.Consul187Quirks = hasQuirks;
                    options.AltDomain = "test-domain";
                    options.EnableTruncate = hasRecursors;
                    if (hasRecursors)
                    {
                        options.Recursors.Add("192.0.2.1");
                    }
                });
                responder.UdpBytesMax = hasRecursors ? 1232 : 8192;
                yield return new Target(responder, responder.UdpBytesMax);
            }
        }
    }

    private static AnswerKind Check(Target target, byte[] packet, bool isTcp)
    {
        try
        {
            AnswerResult result = target.Responder.Answer(packet, isTcp);
            if (packet.Length < 12 || (packet[2] & 0x80) != 0)
            {
                Assert.Equal(AnswerKind.Silence, result.Kind);
            }

            if (result.Kind == AnswerKind.Reply)
            {
                var reply = new ParsedMessage(target.Responder.Bytes(result));
                int allowed = isTcp ? 65_535 : Math.Min(target.UdpBytesMax, Math.Max(512, LargestSizeOf(packet)));
                Assert.True(reply.Length <= allowed, $"{reply.Length} bytes where {allowed} are allowed");
                Assert.Equal((packet[0] << 8) | packet[1], reply.Id);
                Assert.NotEqual(0, reply.Flags & 0x8000);
            }

            return result.Kind;
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"{(isTcp ? "TCP" : "UDP")} {Convert.ToHexString(packet)}", e);
        }
    }

    // What the packet may have said that its sender takes: any OPT in it, found without reading it as the server does.
    private static int LargestSizeOf(byte[] packet)
    {
        int largest = 512;
        for (int i = 12; i + 10 < packet.Length; i++)
        {
            if (packet[i] == 0 && packet[i + 1] == 0 && packet[i + 2] == 41)
            {
                largest = Math.Max(largest, (packet[i + 3] << 8) | packet[i + 4]);
            }
        }

        return largest;
    }

    private static byte[] Original(Random random)
    {
        int? size = random.Next(3) == 0 ? null : new[] { 0, 512, 513, 1232, 4096, 65535 }[random.Next(6)];
        string data = size is not null && random.Next(4) == 0 ? "0008000700011800010203" : "";
        return QueryBuilder.Make(
            s_names[random.Next(s_names.Length)],
            s_types[random.Next(s_types.Length)],
            size,
            random.Next(2) == 0,
            random.Next(65536),
            data);
    }

    private static byte[] Mutate(byte[] packet, Random random)
    {
        for (int times = random.Next(5); times > 0; times--)
        {
            int at = random.Next(packet.Length);
            switch (random.Next(8))
            {
                case 0: packet[at] = (byte)random.Next(256); break;
                case 1: packet[at] ^= (byte)(1 << random.Next(8)); break;
                case 2: packet = packet[..Math.Max(1, at)]; break;
                case 3: packet = [.. packet, .. packet[at..]]; break;
                case 4: packet = [.. packet[..at], (byte)random.Next(256), .. packet[at..]]; break;
                case 5: packet = [.. packet[..at], .. packet[Math.Min(packet.Length, at + random.Next(1, 8))..], 0]; break;
                case 6: packet[Math.Min(packet.Length - 1, 4 + random.Next(8))] = (byte)random.Next(4); break;
                default: packet[at] = (byte)(0xC0 | random.Next(64)); break;
            }

            packet = packet.Length > 2000 ? packet[..2000] : packet;
        }

        return packet;
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out int number) ? number : otherwise;
}
