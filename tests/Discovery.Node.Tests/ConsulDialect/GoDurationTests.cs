namespace Discovery.Node.ConsulDialect;

public sealed class GoDurationTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("10s", 10_000)]
    [InlineData("1m30s", 90_000)]
    [InlineData("1.5h", 5_400_000)]
    [InlineData("500ms", 500)]
    [InlineData("-2s", -2_000)]
    [InlineData("+2s", 2_000)]
    [InlineData(".5s", 500)]
    [InlineData("1h1m1s1ms", 3_661_001)]
    [InlineData("2500µs", 2.5)]
    [InlineData("100us", 0.1)]
    public void TryParse_Duration_GivesIt(string text, double milliseconds)
    {
        Assert.Null(GoDuration.TryParse(text, out TimeSpan value));
        Assert.Equal(milliseconds, value.TotalMilliseconds);
    }

    [Theory]
    [InlineData("", "time: invalid duration \"\"")]
    [InlineData("5", "time: missing unit in duration \"5\"")]
    [InlineData("10x", "time: unknown unit \"x\" in duration \"10x\"")]
    [InlineData("s", "time: invalid duration \"s\"")]
    [InlineData("1.2.3s", "time: invalid duration \"1.2.3s\"")]
    [InlineData("-", "time: invalid duration \"-\"")]
    [InlineData("99999999999h", "time: invalid duration \"99999999999h\"")]
    public void TryParse_BadText_SaysWhyAsGo(string text, string why) => Assert.Equal(why, GoDuration.TryParse(text, out _));
}
