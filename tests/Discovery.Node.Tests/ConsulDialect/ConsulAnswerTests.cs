namespace Discovery.Node.ConsulDialect;

/// <summary>Every case of cases.txt is accepted or refused as Consul did, and refused in its words.</summary>
public sealed class ConsulAnswerTests
{
    private const string Refused = "Config validation failed: ";

    // Texts that Go's own parsers make; ours say the same in other words.
    private static readonly string[] s_ownWords = ["syntax-", "network-bad"];

    public static TheoryData<string> Names => [.. Recorded.Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Translate_CaseOfConsul_EndsAsThere(string name)
    {
        string answer = Recorded.Answers[name];
        bool isAccepted = answer.StartsWith("0\n", StringComparison.Ordinal);
        string? ours = null;
        try
        {
            _ = DialectFixture.Translate(name, Recorded.Cases[name]);
        }
        catch (DialectException e)
        {
            ours = e.Message.TrimEnd('\n');
        }

        if (isAccepted)
        {
            Assert.Null(ours);
        }
        else if (s_ownWords.Any(word => name.StartsWith(word, StringComparison.Ordinal)))
        {
            Assert.NotNull(ours);
        }
        else
        {
            string theirs = answer[(answer.IndexOf(Refused, StringComparison.Ordinal) + Refused.Length)..].TrimEnd('\n');
            Assert.Equal(Lines(theirs), Lines(ours!));
        }
    }

    // Consul tells several failures in any order.
    private static IEnumerable<string> Lines(string text) => text.Split('\n').Order(StringComparer.Ordinal);

    [Fact]
    public void Cases_OfThisFolder_HaveAnswers() => Assert.Equal(Recorded.Cases.Keys, Recorded.Answers.Keys);
}
