namespace Discovery.Filtering.Tests;

public sealed class FilterExpressionTests
{
    private static readonly FilterSchema<NodeRow> Nodes = ConsulRows.Nodes;

    [Fact]
    public void ToString_OfParsed_IsTheText() =>
        Assert.Equal(" Node  == n1 ", FilterExpression.Parse(" Node  == n1 ").ToString());

    [Fact]
    public void Parse_Empty_SelectsEveryRow() =>
        Assert.All(ConsulRows.NodeRows, row => Assert.True(Nodes.Bind(FilterExpression.Parse("")).Matches(row)));

    [Fact]
    public void Parse_NoFilter_ThrowsInvalidRequestWithConsulsText()
    {
        DiscoveryException exception = Assert.Throws<DiscoveryException>(() => FilterExpression.Parse("Node"));

        Assert.Equal(DiscoveryError.InvalidRequest, exception.Error);
        Assert.Equal(
            "Failed to create boolean expression evaluator: 1:5 (4): no match found, expected: "
            + "\"!=\", \".\", \"==\", \"[\", [ \\t\\r\\n] or [a-zA-Z0-9_]",
            exception.Message);
    }

    [Fact]
    public void Bind_UnknownSelector_ThrowsInvalidRequestWithConsulsText()
    {
        DiscoveryException exception = Assert.Throws<DiscoveryException>(() => Nodes.Bind(FilterExpression.Parse("Foo == 1")));

        Assert.Equal(DiscoveryError.InvalidRequest, exception.Error);
        Assert.Equal("Failed to create boolean expression evaluator: Selector \"Foo\" is not valid", exception.Message);
    }

    [Theory]
    [InlineData("Node == \n\n  x y", 14, 3, 5)]
    [InlineData("Node == \"\U0001F600\" y", 13, 1, 13)]
    [InlineData("Node ==", 7, 1, 8)]
    [InlineData("Node == \"\\q\"", 8, 1, 9)]
    public void TryParse_NoFilter_TellsWhere(string text, int position, int line, int column)
    {
        Assert.False(FilterExpression.TryParse(text, out FilterExpression? expression, out FilterError? error));

        Assert.Null(expression);
        Assert.Equal((position, line, column), (error.Position, error.Line, error.Column));
    }

    [Fact]
    public void TryBind_SecondMatchDoesNotFit_TellsWhere()
    {
        FilterExpression expression = FilterExpression.Parse("Node == a or (Foo == 1)");

        Assert.False(Nodes.TryBind(expression, out BoundFilter<NodeRow>? filter, out FilterError? error));

        Assert.Null(filter);
        Assert.Equal((14, 1, 15), (error.Position, error.Line, error.Column));
    }

    [Theory]
    [InlineData(FilterExpression.DepthMax)]
    [InlineData(1)]
    public void Parse_ParenthesesUpToTheLimit_IsAFilter(int depth)
    {
        string text = new string('(', depth) + "Node == n1" + new string(')', depth);

        Assert.True(Nodes.Bind(FilterExpression.Parse(text)).Matches(ConsulRows.NodeRows[0]));
    }

    [Theory]
    [InlineData(FilterExpression.DepthMax + 1)]
    [InlineData(16_000)]
    public void TryParse_DeeperParentheses_IsRefused(int depth)
    {
        string text = new string('(', depth) + "Node == n1" + new string(')', depth);

        Assert.False(FilterExpression.TryParse(text, out _, out FilterError? error));
        Assert.Equal(
            "Failed to create boolean expression evaluator: 1:101 (100): parentheses are nested deeper than 100", error.Message);
    }

    [Fact]
    public void TryParse_HundredThousandParentheses_IsRefused()
    {
        Assert.False(FilterExpression.TryParse(new string('(', 100_000), out _, out FilterError? error));
        Assert.Equal(
            "Failed to create boolean expression evaluator: the filter has 100000 characters, the limit is 32768", error.Message);
    }

    [Theory]
    [InlineData("not ", 4)]
    [InlineData("Node == n1 or ", 3)]
    [InlineData("Node == n1 and ", 3)]
    public void Parse_ChainAsLongAsTheLimitAllows_Evaluates(string link, int spare)
    {
        int links = (FilterExpression.LengthMax - 10 - spare) / link.Length / 2 * 2;
        FilterExpression expression = FilterExpression.Parse(string.Concat(Enumerable.Repeat(link, links)) + "Node == n1");

        Assert.True(Nodes.Bind(expression).Matches(ConsulRows.NodeRows[0]));
    }

    [Fact]
    public void TryParse_TooManyRegexes_IsRefused()
    {
        string text = string.Join(" or ", Enumerable.Repeat("Node matches a", FilterExpression.RegexCountMax + 1));

        Assert.False(FilterExpression.TryParse(text, out _, out FilterError? error));
        Assert.Equal(
            "Failed to create boolean expression evaluator: the filter has 33 regular expressions, the limit is 32", error.Message);
    }

    [Theory]
    [InlineData(1, "(a{500}){2}b", "", false)]
    [InlineData(1, "a{0,1000}b", "", false)]
    [InlineData(4, "a{900}", "error parsing regexp: expression too large: `a{900}a{900}a{900}a{900}`", true)]
    [InlineData(1, "([a-b]?c*){900}", "error parsing regexp: expression too large: `([a-b]?c*){900}`", true)]
    [InlineData(1025, "a", "the regular expression has 1025 characters, the limit is 1024", true)]
    [InlineData(101, "(", "error parsing regexp: expression nests too deeply", true)]
    public void Bind_LargeRegex_IsRefusedAboveTheLimits(int times, string regex, string expected, bool refused)
    {
        FilterExpression expression = FilterExpression.Parse($"Node matches `{string.Concat(Enumerable.Repeat(regex, times))}`");

        Assert.Equal(!refused, Nodes.TryBind(expression, out _, out FilterError? error));
        Assert.Contains(refused ? expected : "", error?.Message ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("(.*[^x]{40}){10}c")]
    [InlineData("(.*a){300}c")]
    [InlineData("((a*)*)*c")]
    [InlineData("(a?){300}(a|b){300}c")]
    public void Matches_HostileRegex_AllocatesNothing(string regex)
    {
        BoundFilter<NodeRow> filter = Nodes.Bind(FilterExpression.Parse($"Node matches `{regex}`"));
        NodeRow row = ConsulRows.NodeRows[0] with { Node = string.Concat(Enumerable.Repeat("ab", 256)) };
        Assert.False(filter.Matches(row));

        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.False(filter.Matches(row));
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [InlineData(@"\bb", "éb", true)]
    [InlineData(@"^\pL$", "𝒜", true)]
    [InlineData(@"^..$", "𝒜b", true)]
    [InlineData(@"(?i)^k$", "\u212A", true)]
    [InlineData(@"(?i)^ſ$", "S", true)]
    [InlineData(@"(?i)[^k]", "\u212A", false)]
    [InlineData(@"(?i)^É$", "é", true)]
    [InlineData(@"^(a|b|)c$", "c", true)]
    [InlineData(@"^(a|b){2,3}$", "abab", false)]
    [InlineData(@"^(a|b){2,3}$", "aba", true)]
    [InlineData(@"^(ab*){2,}$", "abbb", false)]
    [InlineData(@"^(ab*){2,}$", "abbba", true)]
    [InlineData(@"^\p{C}$", "\u0378", false)]
    [InlineData(@"^[\p{Lu}\d]+$", "A1", true)]
    public void Matches_Regex_IsThatOfRe2(string regex, string text, bool expected)
    {
        NodeRow row = ConsulRows.NodeRows[0] with { Node = text };

        Assert.Equal(expected, Nodes.Bind(FilterExpression.Parse($"Node matches `{regex}`")).Matches(row));
    }

    [Fact]
    public void Matches_NullParts_AreEmpty()
    {
        ServiceRow row = new(null, "x", "x", null, null, 0, null, null, null, false, null, null);

        Assert.Equal(
            [true, true, true, true, true, true, false, false, true],
            new[]
            {
                "Kind == \"\"", "Tags is empty", "a not in Tags", "Meta is empty", "TaggedAddresses is empty", "Weights.Passing == 0",
                "Meta.a == \"\"", "Proxy.Upstreams.DestinationName != x", "Proxy.Upstreams is empty",
            }.Select(text => ConsulRows.Services.Bind(FilterExpression.Parse(text)).Matches(row)));
    }

    [Fact]
    public void Build_SameNameTwice_Throws() =>
        Assert.Throws<ArgumentException>(() => new FilterSchemaBuilder<string>().String("A", row => row).Int("A", row => row.Length));

    [Theory]
    [InlineData("Service == web and Port == 80 and EnableTagOverride != true")]
    [InlineData("\"e\" in Service or Port != 1")]
    [InlineData("v1 in Tags and Meta.env == prod and env in Meta and Tags is not empty")]
    [InlineData("TaggedAddresses.lan_ipv4.Port == 80 and not Weights.Passing == 3 and Proxy.LocalServicePort == 0")]
    [InlineData("Service matches `^w[a-e]+$`")]
    public void Matches_AfterWarmUp_AllocatesNothing(string text)
    {
        BoundFilter<ServiceRow> filter = ConsulRows.Services.Bind(FilterExpression.Parse(text));
        ServiceRow row = ConsulRows.ServiceRows.Single(one => one.ID == "web1");
        for (int warm = 0; warm < 100; warm++)
        {
            Assert.True(filter.Matches(row));
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        int matched = 0;
        for (int round = 0; round < 1000; round++)
        {
            matched += filter.Matches(row) ? 1 : 0;
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal((1000, 0L), (matched, allocated));
    }
}
