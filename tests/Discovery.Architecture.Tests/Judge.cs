namespace Discovery.Architecture;

/// <summary>Turns a list of violations into the outcome of a test.</summary>
internal static class Judge
{
    public static void None(IEnumerable<string> violations)
    {
        string[] all = [.. violations.Order(StringComparer.Ordinal)];
        if (all.Length > 0)
        {
            Assert.Fail($"{all.Length} violation(s):\n{string.Join('\n', all)}");
        }
    }
}
