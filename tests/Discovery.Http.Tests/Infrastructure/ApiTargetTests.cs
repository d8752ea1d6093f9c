namespace Discovery.Infrastructure;

public sealed class ApiTargetTests
{
    [Theory]
    [InlineData("/v1/a?b=/c", 0, "", "/v1/a")]
    [InlineData("/v1/a%2Fb%252Fc", 0, "", "/v1/a/b%2Fc")]
    [InlineData("/v1/%zz%", 0, "", "/v1/%zz%")]
    [InlineData("/v1/%C3%BC", 0, "", "/v1/ü")]
    [InlineData("/p%20q/r/v1/a", 2, "/p%20q/r", "/v1/a")]
    [InlineData("http://host:80/v1/a?b", 0, "", "/v1/a")]
    public void TryRead_ATarget_DecodesThePathOnce(string target, int segments, string prefix, string path)
    {
        Assert.True(ApiTarget.TryRead(target, segments, out ReadOnlyMemory<char> readPath, out ReadOnlyMemory<char> readPrefix));

        Assert.Equal((prefix, path), (readPrefix.ToString(), readPath.ToString()));
    }

    [Theory]
    [InlineData("*", 0)]
    [InlineData("", 0)]
    [InlineData("http://host", 0)]
    [InlineData("/v1", 2)]
    public void TryRead_WhatHasNoSuchPath_IsFalse(string target, int segments) =>
        Assert.False(ApiTarget.TryRead(target, segments, out _, out _));

    [Theory]
    [InlineData("/v1/a", null)]
    [InlineData("/v1/.a/..b/c..", null)]
    [InlineData("/v1//a", "/v1/a")]
    [InlineData("/v1/a//", "/v1/a/")]
    [InlineData("/v1/./a", "/v1/a")]
    [InlineData("/v1/a/..", "/v1")]
    [InlineData("/v1/a/../", "/v1/")]
    [InlineData("/../../v1", "/v1")]
    [InlineData("//", "/")]
    public void Clean_APath_IsGosCleanPath(string path, string? cleaned) => Assert.Equal(cleaned, ApiTarget.Clean(path));

    [Theory]
    [InlineData("/v1/a b~!", true)]
    [InlineData("/v1/üß漢😀\uFFFD", true)]
    [InlineData("/v1/\u0001", false)]
    [InlineData("/v1/\u007f", false)]
    [InlineData("/v1/\u00a0", false)]
    [InlineData("/v1/\u200b", false)]
    [InlineData("/v1/\u2028", false)]
    public void IsPrintable_APath_IsGosIsPrint(string path, bool isPrintable) => Assert.Equal(isPrintable, ApiTarget.IsPrintable(path));

    [Theory]
    [InlineData("/v1/a", true)]
    [InlineData("/v1/a%2F%zz", false)]
    [InlineData("/v1/%2", false)]
    [InlineData("/v1/%", false)]
    [InlineData("/v1/%aF%00?b=%zz", true)]
    public void IsWellEncoded_ATarget_WantsTwoDigitsBehindEachPercentSignOfThePath(string target, bool isWell) =>
        Assert.Equal(isWell, ApiTarget.IsWellEncoded(target));

    [Fact]
    public void Find_OfAllPaths_TakesTheLongestPattern()
    {
        var routes = new ApiRoutes();
        foreach (string pattern in (string[])["a/b", "a/", "a/b/c/", "kv/"])
        {
            routes.Add(pattern, ApiMethods.Get, static _ => Task.CompletedTask);
        }

        string Match(string path) => routes.Find(path, out int restAt) is { } route ? $"{route.Pattern}|{path[restAt..]}" : "-";

        Assert.Equal("a/b|", Match("a/b"));
        Assert.Equal("a/|b/", Match("a/b/"));
        Assert.Equal("-", Match("a/b/c"));
        Assert.Equal("a/b/c/|", Match("a/b/c/"));
        Assert.Equal("a/b/c/|d/e//f", Match("a/b/c/d/e//f"));
        Assert.Equal("kv/|a/b/c/", Match("kv/a/b/c/"));
        Assert.Equal("-", Match("a"));
        Assert.Equal("-", Match(""));
        Assert.True(routes.IsPrefixWithoutSlash("kv"));
        Assert.False(routes.IsPrefixWithoutSlash("a/b/"));
    }
}
