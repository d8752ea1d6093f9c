namespace Discovery.Node.ConsulDialect;

public sealed class HclReaderTests
{
    [Theory]
    [InlineData("a = \"x\\t\\\"y\\\"\\u0041\\x42\\103\"", "x\t\"y\"ABC")]
    [InlineData("a = \"${b \"c\"}\"", "${b \"c\"}")]
    [InlineData("a = <<EOF\none\n  two\nEOF\n", "one\n  two\n")]
    [InlineData("a = <<-EOF\n    one\n      two\n    EOF\n", "one\n  two\n")]
    [InlineData("a = \"1\" # \"2\"\n// b\n/* c\n */", "1")]
    [InlineData("\"a\" = \"q\"", "q")]
    public void Parse_Text_GivesItsValue(string text, string value) =>
        Assert.Equal(new ConfigText(value), HclReader.Parse("a.hcl", text)["a"]);

    [Theory]
    [InlineData("8500", 8500)]
    [InlineData("-1", -1)]
    [InlineData("0x1F", 31)]
    [InlineData("017", 15)]
    [InlineData("1.5", 1.5)]
    [InlineData("1e3", 1000)]
    public void Parse_Number_GivesItsValue(string text, double value) =>
        Assert.Equal(value, Assert.IsType<ConfigNumber>(HclReader.Parse("a.hcl", $"a = {text}")["a"]).Number);

    [Fact]
    public void Parse_BlocksOfOneName_MakeOneList()
    {
        var blocks = Assert.IsType<ConfigList>(HclReader.Parse("a.hcl", "a { b = 1 }\na \"c\" { b = 2 }")["a"]);
        Assert.Equal(2, blocks.Items.Count);
        Assert.NotNull(((ConfigObject)blocks.Items[0])["b"]);
        Assert.NotNull(((ConfigObject)blocks.Items[1])["c"]);
    }

    [Theory]
    [InlineData("ports {", "failed to parse a.hcl: At 1:8: object expected closing RBRACE got: EOF")]
    [InlineData("a = \"x", "failed to parse a.hcl: At 1:7: literal not terminated")]
    [InlineData("a = [1 2]", "failed to parse a.hcl: At 1:8: error parsing list, expected comma or list end, got: 2")]
    [InlineData("\na: 1", "failed to parse a.hcl: At 2:2: illegal char")]
    [InlineData("a = 9999999999999999999", "failed to parse a.hcl: At 1:5: \"9999999999999999999\" is no number")]
    public void Parse_BadText_TellsThePlace(string text, string told) =>
        Assert.Equal(told, Assert.Throws<DialectException>(() => HclReader.Parse("a.hcl", text)).Message);

    [Fact]
    public void Parse_ManyLevels_AreRefused() => Assert.Contains(
        "more than 100 levels",
        Assert.Throws<DialectException>(() => HclReader.Parse("a.hcl", string.Concat(Enumerable.Repeat("a { ", 5000)))).Message,
        StringComparison.Ordinal);

    [Fact]
    public void Parse_MutatedTexts_EndInAValueOrARefusal()
    {
        var random = new Random(20261125);
        string[] seeds = [.. Recorded.Cases
            .Where(static pair => pair.Key.EndsWith(".hcl", StringComparison.Ordinal)).Select(static pair => pair.Value)];
        const string pieces = "{}[]=,\"\\$<-#/*\n 0x.aE\u00e9\ud800";
        int refused = 0;
        for (int round = 0; round < 20_000; round++)
        {
            var text = new System.Text.StringBuilder(seeds[random.Next(seeds.Length)]);
            for (int change = random.Next(1, 6); change > 0 && text.Length > 0; change--)
            {
                int at = random.Next(text.Length);
                _ = random.Next(3) switch
                {
                    0 => text.Remove(at, Math.Min(random.Next(1, 8), text.Length - at)),
                    1 => text.Insert(at, pieces[random.Next(pieces.Length)]),
                    _ => text.Replace(text[at], pieces[random.Next(pieces.Length)], at, 1),
                };
            }

            try
            {
                _ = DialectFixture.Decode("a.hcl", text.ToString());
            }
            catch (DialectException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 5_000, 19_999);
    }
}
