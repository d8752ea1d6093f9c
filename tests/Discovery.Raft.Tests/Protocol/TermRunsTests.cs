using Discovery.Protocol;

namespace Discovery.Raft.Protocol;

public sealed class TermRunsTests
{
    [Fact]
    public void TryFind_AgainstAPlainListOverRandomHistories_Agrees()
    {
        var random = new Random(7);
        for (int history = 0; history < 300; history++)
        {
            var runs = new TermRuns(LogPosition.Zero);
            var plain = new List<ulong> { 0 };
            int start = 0;
            for (int step = 0; step < 60; step++)
            {
                switch (random.Next(8))
                {
                    case 0:
                        int cut = random.Next(start, plain.Count);
                        runs.TruncateAfter((ulong)cut);
                        plain.RemoveRange(cut + 1, plain.Count - cut - 1);
                        break;
                    case 1:
                        start = random.Next(start, plain.Count);
                        runs.CompactTo((ulong)start);
                        break;
                    default:
                        ulong term = plain[^1] + (ulong)(random.Next(3) == 0 ? random.Next(1, 4) : 0);
                        runs.Append((ulong)plain.Count, term);
                        plain.Add(term);
                        break;
                }

                AssertSame(plain, start, runs, random);
            }
        }
    }

    [Fact]
    public void Reset_AfterASnapshot_KnowsNothingElse()
    {
        var runs = new TermRuns(LogPosition.Zero);
        runs.Append(1, 1);
        runs.Reset(new LogPosition(40, 3));
        Assert.Equal(new LogPosition(40, 3), runs.Start);
        Assert.Equal(new LogPosition(40, 3), runs.Last);
        Assert.False(runs.TryFind(1, out _));
    }

    private static void AssertSame(List<ulong> plain, int start, TermRuns runs, Random random)
    {
        Assert.Equal(new LogPosition((ulong)start, plain[start]), runs.Start);
        Assert.Equal(new LogPosition((ulong)plain.Count - 1, plain[^1]), runs.Last);
        for (int index = 0; index <= plain.Count; index++)
        {
            bool isKnown = runs.TryFind((ulong)index, out ulong term);
            Assert.Equal(index >= start && index < plain.Count, isKnown);
            Assert.Equal(isKnown ? plain[index] : 0, term);
        }

        int from = random.Next(start, plain.Count + 2);
        ulong most = (ulong)random.Next((int)plain[^1] + 2);
        int expected = Math.Min(from, plain.Count - 1);
        while (expected > start && plain[expected] > most)
        {
            expected--;
        }

        Assert.Equal(new LogPosition((ulong)expected, plain[expected]), runs.FindAtMost((ulong)from, most));
    }
}
