namespace Discovery.Testing.Tests.Checkers;

public sealed class ExclusionCheckerTests
{
    [Fact]
    public void Check_TouchingTenures_IsOk() =>
        ExclusionChecker.Check(
            [Hold("a", 1, 0, 5), Hold("b", 2, 5, 9), Hold("a", 7, 10, null)], [Write(1, 3), Write(2, 6), Write(7, 11)]).AssertOk();

    [Fact]
    public void Check_OverlapOfHolders_IsViolation() => Assert.Equal(
        "overlap: a fence 1 [00:00:00..00:00:05] and b fence 2 [00:00:04..00:00:09]",
        Report([Hold("b", 2, 4, 9), Hold("a", 1, 0, 5)]));

    [Fact]
    public void Check_OverlapWithALongTenureBehindAShortOne_IsViolation() => Assert.Equal(
        """
        overlap: a fence 1 [00:00:00..00:00:09] and b fence 2 [00:00:01..00:00:02]
        overlap: a fence 1 [00:00:00..00:00:09] and c fence 3 [00:00:03..held]
        """,
        Report([Hold("a", 1, 0, 9), Hold("b", 2, 1, 2), Hold("c", 3, 3, null)]));

    [Fact]
    public void Check_HolderThatNeverEnds_OverlapsTheNext() => Assert.Equal(
        "overlap: a fence 1 [00:00:00..held] and b fence 2 [00:00:04..00:00:09]",
        Report([Hold("a", 1, 0, null), Hold("b", 2, 4, 9)]));

    [Fact]
    public void Check_RepeatedFence_IsViolation() => Assert.Equal(
        "repeated fence: a fence 1 [00:00:00..00:00:05] and b fence 1 [00:00:06..00:00:09]",
        Report([Hold("a", 1, 0, 5), Hold("b", 1, 6, 9)]));

    [Fact]
    public void Check_FenceThatGoesBack_IsViolation() => Assert.Equal(
        "fence went back: a fence 5 [00:00:00..00:00:05] and then b fence 4 [00:00:06..00:00:09]",
        Report([Hold("a", 5, 0, 5), Hold("b", 4, 6, 9)]));

    [Fact]
    public void Check_LateWriteAcceptedWithAnOldFence_IsViolation() => Assert.Equal(
        "late write accepted: fence 1 at 00:00:07 after fence 2 at 00:00:06",
        Report([Hold("a", 1, 0, 5), Hold("b", 2, 5, 9)], Write(2, 6), Write(1, 7)));

    [Fact]
    public void Check_LateWriteRefused_IsOk() => ExclusionChecker.Check(
        [Hold("a", 1, 0, 5), Hold("b", 2, 5, 9)], [Write(2, 6), new FencedWrite(1, TimeSpan.FromSeconds(7), false)]).AssertOk();

    [Fact]
    public void Check_GeneratedLegalHistories_AreOk()
    {
        for (int seed = 0; seed < 500; seed++)
        {
            (List<Holding> holdings, List<FencedWrite> writes) = Generate(new Random(seed), 50);
            CheckResult result = ExclusionChecker.Check(holdings, writes);
            Assert.True(result.Verdict == CheckVerdict.Ok, $"seed {seed}: {result.Report}");
        }
    }

    [Fact]
    public void Check_GeneratedHistoriesWithOneTenureTooLong_AreViolations()
    {
        for (int seed = 0; seed < 500; seed++)
        {
            Random random = new(seed);
            (List<Holding> holdings, _) = Generate(random, 50);
            int planted = random.Next(49);
            TimeSpan next = holdings.Select(static h => h.Acquired).Order().ElementAt(planted + 1);
            int index = holdings.FindIndex(h => h.Fence == holdings.Select(static x => x.Fence).Order().ElementAt(planted));
            holdings[index] = holdings[index] with { Ended = next + new TimeSpan(1) };
            Assert.Equal(CheckVerdict.Violation, ExclusionChecker.Check(holdings).Verdict);
        }
    }

    [Fact]
    public void Check_TenThousandTenures_IsOk()
    {
        (List<Holding> holdings, List<FencedWrite> writes) = Generate(new Random(1), 10_000);
        ExclusionChecker.Check(holdings, writes).AssertOk();
    }

    private static string Report(Holding[] holdings, params FencedWrite[] writes)
    {
        CheckResult result = ExclusionChecker.Check(holdings, writes);
        Assert.Equal(CheckVerdict.Violation, result.Verdict);
        return result.Report;
    }

    private static Holding Hold(string holder, long fence, int from, int? to) =>
        new(holder, fence, TimeSpan.FromSeconds(from), to is { } end ? TimeSpan.FromSeconds(end) : null);

    private static FencedWrite Write(long fence, int at) => new(fence, TimeSpan.FromSeconds(at), true);

    private static (List<Holding> Holdings, List<FencedWrite> Writes) Generate(Random random, int count)
    {
        List<Holding> holdings = [];
        List<FencedWrite> writes = [];
        long now = 0;
        long fence = 0;
        for (int i = 0; i < count; i++)
        {
            long from = now + random.Next(3);
            long to = from + random.Next(1, 10);
            fence += random.Next(1, 4);
            holdings.Add(new Holding($"h{random.Next(4)}", fence, new TimeSpan(from), new TimeSpan(to)));
            writes.Add(new FencedWrite(fence, new TimeSpan(from), true));
            writes.Add(new FencedWrite(fence - 3, new TimeSpan(to), false));
            now = to;
        }

        return ([.. holdings.OrderBy(_ => random.Next())], [.. writes.OrderBy(_ => random.Next())]);
    }
}
