namespace Discovery.Testing;

/// <summary>The answer of a checker.</summary>
/// <param name="Verdict">What was found.</param>
/// <param name="Report">Readable; for a violation a small part of the history that shows it. Empty when the history is legal.</param>
/// <param name="Steps">How much work it took.</param>
public sealed record CheckResult(CheckVerdict Verdict, string Report, long Steps)
{
    /// <summary>Throws with the report unless the history is legal.</summary>
    public void AssertOk()
    {
        if (Verdict != CheckVerdict.Ok)
        {
            throw new CheckFailedException($"{Verdict} after {Steps} steps\n{Report}");
        }
    }
}
