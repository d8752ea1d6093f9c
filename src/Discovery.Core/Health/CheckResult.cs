namespace Discovery;

/// <summary>What one run of a check found.</summary>
/// <param name="Status">The status.</param>
/// <param name="Output">A text for people; cut to the check's output limit.</param>
public readonly record struct CheckResult(CheckStatus Status, string Output)
{
    /// <summary>A passing result.</summary>
    /// <param name="output">A text for people.</param>
    public static CheckResult Passing(string output = "") => new(CheckStatus.Passing, output);

    /// <summary>A warning result.</summary>
    /// <param name="output">A text for people.</param>
    public static CheckResult Warning(string output = "") => new(CheckStatus.Warning, output);

    /// <summary>A critical result.</summary>
    /// <param name="output">A text for people.</param>
    public static CheckResult Critical(string output = "") => new(CheckStatus.Critical, output);
}
