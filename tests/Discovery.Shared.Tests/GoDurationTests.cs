using Discovery.Wire;

namespace Discovery.Shared.Tests;

public class GoDurationTests
{
    [Theory]
    [InlineData(0, "0s")]
    [InlineData(1, "1ns")]
    [InlineData(999, "999ns")]
    [InlineData(1_000, "1µs")]
    [InlineData(1_100, "1.1µs")]
    [InlineData(2_200_000, "2.2ms")]
    [InlineData(100_000_000, "100ms")]
    [InlineData(999_999_999, "999.999999ms")]
    [InlineData(1_000_000_000, "1s")]
    [InlineData(1_500_000_000, "1.5s")]
    [InlineData(3_300_000_000, "3.3s")]
    [InlineData(5_000_000_000, "5s")]
    [InlineData(60_000_000_000, "1m0s")]
    [InlineData(90_000_000_000, "1m30s")]
    [InlineData(245_000_000_000, "4m5s")]
    [InlineData(245_001_000_000, "4m5.001s")]
    [InlineData(3_600_000_000_000, "1h0m0s")]
    [InlineData(5_400_000_000_000, "1h30m0s")]
    [InlineData(18_367_001_000_000, "5h6m7.001s")]
    [InlineData(480_000_000_001, "8m0.000000001s")]
    [InlineData(259_200_000_000_000, "72h0m0s")]
    [InlineData(-1_000_000_000, "-1s")]
    [InlineData(-1, "-1ns")]
    [InlineData(long.MaxValue, "2562047h47m16.854775807s")]
    [InlineData(long.MinValue, "-2562047h47m16.854775808s")]
    public void Format_Nanoseconds_PrintsAsGoAndReadsBack(long nanoseconds, string text)
    {
        Assert.Equal(text, GoDuration.FormatNanoseconds(nanoseconds));
        Assert.True(GoDuration.TryParseNanoseconds(text, out long read));
        Assert.Equal(nanoseconds, read);
        if (nanoseconds % 100 == 0)
        {
            Assert.Equal(text, GoDuration.Format(new TimeSpan(nanoseconds / 100)));
        }
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("-0", 0)]
    [InlineData("+0", 0)]
    [InlineData("0s", 0)]
    [InlineData("-0s", 0)]
    [InlineData("5s", 5_000_000_000)]
    [InlineData("+5s", 5_000_000_000)]
    [InlineData("1478s", 1_478_000_000_000)]
    [InlineData("5.0s", 5_000_000_000)]
    [InlineData("5.6s", 5_600_000_000)]
    [InlineData("5.s", 5_000_000_000)]
    [InlineData(".5s", 500_000_000)]
    [InlineData("1.0s", 1_000_000_000)]
    [InlineData("1.004s", 1_004_000_000)]
    [InlineData("100.00100s", 100_001_000_000)]
    [InlineData("0.001s", 1_000_000)]
    [InlineData("10ns", 10)]
    [InlineData("11us", 11_000)]
    [InlineData("12µs", 12_000)]
    [InlineData("12\u03bcs", 12_000)]
    [InlineData("13ms", 13_000_000)]
    [InlineData("15m", 900_000_000_000)]
    [InlineData("1.5h", 5_400_000_000_000)]
    [InlineData("3h30m", 12_600_000_000_000)]
    [InlineData("10.5s4m", 250_500_000_000)]
    [InlineData("-2m3.4s", -123_400_000_000)]
    [InlineData("1h2m3s4ms5us6ns", 3_723_004_005_006)]
    [InlineData("52763797000ns", 52_763_797_000)]
    [InlineData("0.3333333333333333333h", 1_200_000_000_000)]
    [InlineData("0.100000000000000000000h", 360_000_000_000)]
    [InlineData("0.830103483285477580700h", 2_988_372_539_827)]
    [InlineData("9223372036854775807ns", long.MaxValue)]
    [InlineData("9223372036854775.807us", long.MaxValue)]
    [InlineData("9223372036s854ms775us807ns", long.MaxValue)]
    [InlineData("-9223372036854775808ns", long.MinValue)]
    [InlineData("-9223372036854775.808us", long.MinValue)]
    [InlineData("-2562047h47m16.854775808s", long.MinValue)]
    [InlineData("0.9223372036854775807h", 3_320_413_933_267)]
    public void TryParse_GoText_GivesNanosecondsAndTimeSpan(string text, long nanoseconds)
    {
        Assert.True(GoDuration.TryParseNanoseconds(text, out long read));
        Assert.Equal(nanoseconds, read);
        Assert.True(GoDuration.TryParse(text, out TimeSpan value));
        Assert.Equal(nanoseconds / 100, value.Ticks);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("+")]
    [InlineData("3")]
    [InlineData("00")]
    [InlineData("s")]
    [InlineData(".")]
    [InlineData("-.")]
    [InlineData(".s")]
    [InlineData("+.s")]
    [InlineData("1d")]
    [InlineData("1S")]
    [InlineData("--1s")]
    [InlineData("1s-2s")]
    [InlineData(" 1s")]
    [InlineData("1s ")]
    [InlineData("1 s")]
    [InlineData("1e3s")]
    [InlineData("1,5s")]
    [InlineData("1.2.3s")]
    [InlineData("１s")]
    [InlineData("9223372036854775808ns")]
    [InlineData("9223372036854775.808us")]
    [InlineData("-9223372036854775809ns")]
    [InlineData("9223372036854775810ns")]
    [InlineData("3000000h")]
    [InlineData("2562047h47m16.854775808s")]
    [InlineData("99999999999999999999s")]
    [InlineData("-9223372036854775808s")]
    [InlineData("9223372036854775807ns1ns")]
    public void TryParse_WhatGoRefuses_GivesFalseAndZero(string text)
    {
        Assert.False(GoDuration.TryParse(text, out TimeSpan value));
        Assert.Equal(TimeSpan.Zero, value);
        Assert.False(GoDuration.TryParseNanoseconds(text, out long nanoseconds));
        Assert.Equal(0, nanoseconds);
    }

    [Fact]
    public void Format_SpansBeyondGo_StillPrintAllUnits()
    {
        Assert.Equal("256204778h48m5.4775807s", GoDuration.Format(TimeSpan.MaxValue));
        Assert.Equal("-256204778h48m5.4775808s", GoDuration.Format(TimeSpan.MinValue));
    }

    [Fact]
    public void TryFormat_DestinationTooShort_GivesFalseAndNothing()
    {
        Span<char> text = stackalloc char[4];
        Assert.False(GoDuration.TryFormat(TimeSpan.FromSeconds(90), text, out int written));
        Assert.Equal(0, written);
        Assert.True(GoDuration.TryFormat(TimeSpan.FromSeconds(61), text, out written));
        Assert.Equal("1m1s", text[..written].ToString());
    }

    [Fact]
    public void Format_RandomSpans_ReadBackExactly()
    {
        var random = new Random(9);
        for (int i = 0; i < 100_000; i++)
        {
            long nanoseconds = (random.NextInt64() >> random.Next(63)) * (random.Next(2) == 0 ? 1 : -1);
            string text = GoDuration.FormatNanoseconds(nanoseconds);
            Assert.True(GoDuration.TryParseNanoseconds(text, out long read));
            Assert.Equal(nanoseconds, read);
        }
    }
}
