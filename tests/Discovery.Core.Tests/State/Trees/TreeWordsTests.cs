using Discovery.State.Trees;

namespace Discovery.Core.Tests.State.Trees;

public sealed class TreeWordsTests
{
    [Theory]
    [InlineData("", 0, 0x0000_0000_0000_0000UL)]
    [InlineData("61", 0, 0x6100_0000_0000_0000UL)]
    [InlineData("6162636465", 3, 0x6465_0000_0000_0000UL)]
    [InlineData("6162636465666768", 0, 0x6162_6364_6566_6768UL)]
    [InlineData("6162636465666768", 5, 0x6667_6800_0000_0000UL)]
    [InlineData("6162636465666768", 8, 0x0000_0000_0000_0000UL)]
    [InlineData("6162636465666768", 9, 0x0000_0000_0000_0000UL)]
    [InlineData("00FF00FF00FF00FF00FF", 1, 0xFF00_FF00_FF00_FF00UL)]
    [InlineData("00FF00FF00FF00FF00FF", 9, 0xFF00_0000_0000_0000UL)]
    public void Of_BytesFromAPosition_AreBigEndianAndPaddedWithZeros(string key, int start, ulong expected) =>
        Assert.Equal(expected, TreeWords.Of(Convert.FromHexString(key), start));

    [Fact]
    public void CountBelow_EveryCountAndEqualWords_CountsTheSmallerOnes()
    {
        for (int used = 0; used <= TreeWords.Slots; used++)
        {
            TreeWords words = default;
            for (int i = 0; i < TreeWords.Slots; i++)
            {
                // 0, 0, 2, 2, 4, 4, ...; the upper half with the highest bit set, which a signed comparison would get wrong.
                words[i] = i < used ? Word(i) : TreeWords.Unused;
            }

            for (int i = 0; i < TreeWords.Slots; i++)
            {
                Assert.Equal(Math.Min(used, i & ~1), words.CountBelow(Word(i)));
                Assert.Equal(Math.Min(used, (i | 1) + 1), words.CountBelow(Word(i) + 1));
            }

            Assert.Equal(used, words.CountBelow(ulong.MaxValue));
            Assert.Equal(0, words.CountBelow(0));
        }
    }

    [Fact]
    public void InsertAndRemove_AnyPosition_MoveTheOthers()
    {
        TreeWords words = default;
        List<ulong> model = [];
        Span<ulong> all = words;
        all.Fill(TreeWords.Unused);
        Random random = new(1);
        for (int i = 0; i < 2_000; i++)
        {
            if (model.Count < TreeWords.Slots - 1 && random.Next(2) == 0)
            {
                int position = random.Next(model.Count + 1);
                model.Insert(position, (ulong)i);
                words.Insert(position, (ulong)i);
            }
            else if (model.Count > 0)
            {
                int position = random.Next(model.Count);
                model.RemoveAt(position);
                words.Remove(position);
            }

            ulong[] expected = [.. model, .. Enumerable.Repeat(TreeWords.Unused, TreeWords.Slots - model.Count)];
            Assert.Equal(expected, ((ReadOnlySpan<ulong>)words).ToArray());
        }
    }

    private static ulong Word(int i) => ((ulong)i & ~1UL) | (i >= 16 ? 1UL << 63 : 0);
}
