using System.Text;

namespace Discovery.Filtering.Tests;

/// <summary>Whatever the text, parsing and binding answer or refuse, in work that grows with the length only.</summary>
public sealed class FilterFuzzTests
{
    private const int Rounds = 30_000;
    private static readonly string[] Texts = [.. ConsulRows.Answers.Where(one => one.On == "services").Select(one => one.Filter)];
    private static readonly string[] Pieces =
    [
        "(", ")", "[", "]", "\"", "`", ".", "==", "!=", " ", "\n", "\\", "not ", " or ", " and ", " in ", " is empty", " matches ",
        "Meta", "Tags", "{2}", "{9}",
        "*", "+", "?", "|", "^", "$", "\\pL", "[^a]", "\ud83d", "\ude00", "\0", "(?i)", "0", "-1", "Service matches `",
        "x{100}",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Parse_RandomText_NeverThrows(int seed)
    {
        Random random = new(seed);
        byte[] bytes = new byte[64];
        for (int round = 0; round < Rounds; round++)
        {
            int count = random.Next(bytes.Length);
            random.NextBytes(bytes.AsSpan(0, count));
            Try(round % 2 == 0 ? Encoding.Latin1.GetString(bytes, 0, count) : Encoding.UTF8.GetString(bytes, 0, count));
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void Parse_MutatedFilters_NeverThrows(int seed)
    {
        Random random = new(seed);
        int filters = 0;
        for (int round = 0; round < Rounds; round++)
        {
            StringBuilder text = new(Texts[random.Next(Texts.Length)]);
            for (int edit = random.Next(1, 5); edit > 0; edit--)
            {
                int at = random.Next(text.Length + 1);
                if (random.Next(3) == 0)
                {
                    text.Remove(at, Math.Min(random.Next(6), text.Length - at));
                }
                else
                {
                    text.Insert(at, random.Next(8) == 0 ? Texts[random.Next(Texts.Length)] : Pieces[random.Next(Pieces.Length)]);
                }
            }

            filters += Try(text.ToString()) ? 1 : 0;
        }

        Assert.InRange(filters, 1_000, Rounds - 1_000);
    }

    [Theory]
    [InlineData("(", "")]
    [InlineData("not (", "")]
    [InlineData("(not a == (", "")]
    [InlineData("a[\"", "")]
    [InlineData("\"\\q\" in a and ", "x")]
    [InlineData("a[\"\\q\"]", " == 1")]
    [InlineData("not ", "x")]
    [InlineData("a == 1 or (b == 2) and ", "(x")]
    [InlineData(".", "")]
    [InlineData("a.", "")]
    [InlineData("1", "")]
    [InlineData(" ", "")]
    [InlineData("\n", "a")]
    [InlineData("a == \"", "")]
    [InlineData("(a == 1 or ", "")]
    public void TryParse_RepeatedUpToTheLimit_IsRefusedInAllocationLinearInTheLength(string link, string last)
    {
        long small = Allocated(link, last, FilterExpression.LengthMax / 8);
        long large = Allocated(link, last, FilterExpression.LengthMax);

        Assert.InRange(large, 0, (small * 12) + 100_000);
    }

    private static long Allocated(string link, string last, int length)
    {
        string text = string.Concat(Enumerable.Repeat(link, (length - last.Length) / link.Length)) + last;
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.False(FilterExpression.TryParse(text, out _, out _));
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static bool Try(string text)
    {
        if (!FilterExpression.TryParse(text, out FilterExpression? expression, out FilterError? error))
        {
            Assert.InRange(error.Position, 0, text.Length);
            return false;
        }

        if (!ConsulRows.Services.TryBind(expression, out BoundFilter<ServiceRow>? filter, out error))
        {
            Assert.InRange(error.Position, 0, text.Length);
            return false;
        }

        foreach (ServiceRow row in ConsulRows.ServiceRows)
        {
            filter.Matches(row);
        }

        return true;
    }
}
