using Discovery.Support;

namespace Discovery.Answering;

/// <summary>Which instances a client is told when not all fit.</summary>
public sealed class SelectionTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Answer_OneToFiveThousandInstances_NeverEmptyNorTooLongAndEveryInstanceIsTold(bool hasQuirks)
    {
        using TestCatalog catalog = TestCatalog.Empty();
        int registered = 0;
        foreach (int count in new[] { 1, 2, 3, 4, 7, 15, 16, 60, 500, 5000 })
        {
            catalog.Register([.. Enumerable.Range(registered, count - registered).Select(Instance)]);
            registered = count;
            TestResponder responder = catalog.Responder(options => options.Consul187Quirks = hasQuirks);
            responder.UdpBytesMax = 65_467;
            foreach (int? size in new int?[] { null, 512, 1232, 4096 })
            {
                Check(responder, "A", size, isTcp: false, count);
                Check(responder, "SRV", size, isTcp: false, count);
            }

            Check(responder, "A", null, isTcp: true, count);
            Check(responder, "SRV", null, isTcp: true, count);
        }
    }

    [Fact]
    public void Answer_CutAnswersOfUnevenWeights_TellTheHeavyMoreOften()
    {
        using TestCatalog catalog = TestCatalog.Empty();
        for (int i = 0; i < 10; i++)
        {
            CatalogRegistration registration = Instance(i);
            registration.Service!.PassingWeight = i == 0 ? 9 : 1;
            catalog.Register(registration);
        }

        // One of ten: the heavy one has half of the weight. 4,000 draws have a standard deviation of 32.
        TestResponder responder = catalog.Responder(static options => options.ARecordLimit = 1);
        int heavy = Enumerable.Range(0, 4000).Count(_ => responder.Ask("big.service.consul", "A").Answers.Single().Data == "10.9.0.0");
        Assert.InRange(heavy, 1840, 2160);
    }

    [Fact]
    public void Answer_WeightOfZero_IsToldLast()
    {
        using TestCatalog catalog = TestCatalog.Empty();
        catalog.Register(Instance(0), Instance(1), Instance(2));
        CatalogRegistration warning = Instance(3);
        warning.Service!.WarningWeight = 0;
        warning.Checks.Add(new CatalogCheckRegistration { Name = "slow", Status = CheckStatus.Warning, ServiceId = "i3" });
        catalog.Register(warning);
        TestResponder responder = catalog.Responder(static options => options.ARecordLimit = 3);
        for (int i = 0; i < 100; i++)
        {
            Assert.DoesNotContain(responder.Ask("big.service.consul", "A").Answers, static one => one.Data == "10.9.0.3");
        }

        Assert.Single(
            responder.Ask("big.service.consul", "SRV", 4096).Answers, static one => one.Data.StartsWith("1 0 ", StringComparison.Ordinal));
    }

    [Fact]
    public void Answer_AllFit_TheOrderDiffers()
    {
        using TestCatalog catalog = TestCatalog.F();
        TestResponder responder = catalog.Responder();
        int orders = Enumerable.Range(0, 200)
            .Select(_ => string.Join(' ', responder.Ask("web.service.consul", "A").Answers.Select(static one => one.Data)))
            .Distinct(StringComparer.Ordinal).Count();
        Assert.Equal(6, orders);
    }

    [Fact]
    public void Answer_NodeNameThatNoLabelCarries_IsToldByItsAddress()
    {
        using TestCatalog catalog = TestCatalog.Empty();
        catalog.Register(new CatalogRegistration
        {
            Node = new string('n', 70),
            Address = "10.9.9.9",
            Service = new ServiceRegistration { Name = "long", Port = 1 },
        });
        ParsedMessage reply = catalog.Responder().Ask("long.service.consul", "SRV");
        Assert.Equal("1 1 1 0a090909.addr.dc1.consul.", reply.Answers.Single().Data);
        Assert.Equal("10.9.9.9", reply.Additionals.Single().Data);
        ParsedMessage consul = catalog.Responder(static options => options.Consul187Quirks = true).Ask("long.service.consul", "SRV");
        Assert.Equal("1 1 1 0a090909.addr.dc1.consul.", consul.Answers.Single().Data);
    }

    [Fact]
    public void Answer_MetadataOfANode_IsCutBeforeAnythingElse()
    {
        using TestCatalog catalog = TestCatalog.Empty();
        catalog.Register(new CatalogRegistration
        {
            Node = "fat",
            Address = "10.9.9.9",
            NodeMeta = Enumerable.Range(0, 20).ToDictionary(static i => $"key{i}", static _ => new string('v', 300)),
            Service = new ServiceRegistration { Name = "fat", Port = 1 },
        });
        foreach (bool hasQuirks in new[] { false, true })
        {
            TestResponder responder = catalog.Responder(options => options.Consul187Quirks = hasQuirks);
            ParsedMessage node = responder.Ask("fat.node.consul", "A");
            Assert.Equal("10.9.9.9", node.Answers.Single().Data);
            Assert.True(node.Length <= 512);
            Assert.Equal(21, responder.Ask("fat.node.consul", "A", isTcp: true).Length > 6000 ? 21 : 0);
            ParsedMessage texts = responder.Ask("fat.node.consul", "TXT");
            Assert.True(texts.IsTruncated);
            Assert.True(texts.Length <= 512);
            ParsedMessage service = responder.Ask("fat.service.consul", "SRV");
            Assert.Equal("10.9.9.9", service.Additionals.First(static one => one.Type == 1).Data);
        }
    }

    private static CatalogRegistration Instance(int i) => new()
    {
        Node = $"big{i}",
        Address = $"10.9.{i / 250}.{i % 250}",
        Service = new ServiceRegistration { Id = $"i{i}", Name = "big", Port = 1000 + i },
    };

    private static void Check(TestResponder responder, string type, int? size, bool isTcp, int count)
    {
        int limit = isTcp ? 65_535 : Math.Max(512, size ?? 512);
        var told = new HashSet<string>(StringComparer.Ordinal);
        int fewest = int.MaxValue;

        // The chance to miss one of n in k answers of m is n (1 - m/n)^k: below one in a million for k = (n/m)(ln n + 14).
        int rounds = 1;
        for (int i = 0; i < rounds; i++)
        {
            ParsedMessage reply = responder.Ask("big.service.consul", type, size, isTcp);
            Assert.Equal("NOERROR", reply.RcodeName);
            Assert.NotEmpty(reply.Answers);
            Assert.InRange(reply.Length, 12, limit);
            Assert.Equal(reply.Answers.Count, reply.Answers.Distinct().Count());
            if (type == "SRV")
            {
                HashSet<string> owners = [.. reply.Additionals.Select(static glue => glue.Owner)];
                Assert.DoesNotContain(reply.Answers, one => !owners.Contains(one.Data.Split(' ')[3]));
            }

            fewest = Math.Min(fewest, reply.Answers.Count);
            told.UnionWith(reply.Answers.Select(static one => one.Data));
            rounds = count > 500 && fewest < 100 ? 3 : fewest >= count ? 1 : (int)((double)count / fewest * (Math.Log(count) + 14)) + 1;
        }

        Assert.True(rounds <= 3 || told.Count == count, $"{told.Count} of {count} were told in {rounds} replies to {type} {size}");
    }
}
