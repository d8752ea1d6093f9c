using System.Text.RegularExpressions;

namespace Discovery.Filtering;

/// <summary>A regular expression in RE2's syntax, compiled for .NET's automaton engine, which is linear in its input as RE2 is.</summary>
internal sealed class RegexTranslation
{
    private RegexTranslation(Regex? regex, string? error)
    {
        Regex = regex;
        Error = error;
    }

    public Regex? Regex { get; }

    /// <summary>The text of Go's regexp package.</summary>
    public string? Error { get; }

    public static RegexTranslation Compile(string pattern)
    {
        if (pattern.Length > FilterExpression.RegexLengthMax)
        {
            return new RegexTranslation(
                null, $"the regular expression has {pattern.Length} characters, the limit is {FilterExpression.RegexLengthMax}");
        }

        RegexTranslator translator = new(pattern);
        return translator.TryTranslate(out string translated)
            ? new RegexTranslation(new Regex(translated, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant), null)
            : new RegexTranslation(null, translator.Error);
    }
}
