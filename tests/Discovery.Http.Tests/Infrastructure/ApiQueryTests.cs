namespace Discovery.Infrastructure;

public sealed class ApiQueryTests
{
    [Theory]
    [InlineData("", "a", false, "")]
    [InlineData("?", "a", false, "")]
    [InlineData("?a", "a", true, "")]
    [InlineData("?a=", "a", true, "")]
    [InlineData("?a=1&a=2", "a", true, "1")]
    [InlineData("?b=1;a=2", "a", true, "2")]
    [InlineData("?b&&a=x=y", "a", true, "x=y")]
    [InlineData("?a=%C3%BC+%2B", "a", true, "ü +")]
    [InlineData("?%61=1", "a", true, "1")]
    [InlineData("?A=1", "a", false, "")]
    [InlineData("?ab=1", "a", false, "")]
    [InlineData("?=1", "", true, "1")]
    [InlineData("?a=%ff", "a", true, "\uFFFD")]
    public void Get_FromAQueryString_ReadsAsGoDoes(string text, string key, bool isThere, string value)
    {
        Assert.True(ApiQuery.TryParse(text, out ApiQuery query));

        Assert.Equal((isThere, value), (query.Has(key), query.Get(key)));
        Assert.Equal(isThere, query.TryGet(key, out string got));
        Assert.Equal((value, value), (got, query.GetRaw(key).ToString()));
    }

    [Theory]
    [InlineData("?%")]
    [InlineData("?a=%1")]
    [InlineData("?a=%zz")]
    [InlineData("?a=%20%2")]
    public void TryParse_WithABadEscape_IsFalse(string text) => Assert.False(ApiQuery.TryParse(text, out _));

    [Fact]
    public void GetAll_OfARepeatedKey_KeepsTheOrder()
    {
        Assert.True(ApiQuery.TryParse("?tag=a&x&tag=b%20c&tag", out ApiQuery query));

        Assert.Equal(["a", "b c", ""], query.GetAll("tag"));
        Assert.Empty(query.GetAll("none"));
    }

    [Fact]
    public void Has_OfAnUnencodedString_AllocatesNothing()
    {
        Assert.True(ApiQuery.TryParse("?index=123&wait=60s&stale&passing", out ApiQuery query));
        long before = GC.GetAllocatedBytesForCurrentThread();

        bool any = query.Has("passing") & !query.Has("consistent") & (query.GetRaw("index").Length == 3);

        Assert.Equal((0, true), (GC.GetAllocatedBytesForCurrentThread() - before, any));
    }

    [Theory]
    [InlineData("gzip", true)]
    [InlineData("deflate, GZIP;q=0.5", true)]
    [InlineData("gzip;q=0", false)]
    [InlineData("gzip;q=0.0, deflate", false)]
    [InlineData("deflate, br", false)]
    [InlineData("*", false)]
    [InlineData("xgzip", false)]
    public void Accepts_AHeader_IsWhetherGzipIsWanted(string header, bool isWanted) =>
        Assert.Equal(isWanted, GzipAcceptance.Accepts(header));
}
