using System.Globalization;
using System.Text.RegularExpressions;
using Discovery.Peers.Processes;
using Discovery.Peers.Tables;

namespace Discovery.Peers.Comparison;

/// <summary>What a value is judged by, where two agents cannot give the same one.</summary>
internal enum ValueKind
{
    /// <summary>By its text.</summary>
    Exact,

    /// <summary>As a Raft index, by its relation to others.</summary>
    Index,

    /// <summary>By being equal where the other agent's are equal.</summary>
    Identity,

    /// <summary>By being a number.</summary>
    Number,

    /// <summary>By being a string of digits.</summary>
    Digits,

    /// <summary>By being a time in RFC 3339 or as Go prints it.</summary>
    Time,

    /// <summary>By being a string.</summary>
    Text,

    /// <summary>By being there.</summary>
    Any,

    /// <summary>By its text with every number left out.</summary>
    Numbered,

    /// <summary>An array that may come in any order.</summary>
    Unordered,

    /// <summary>Not at all: an element that may be there or not.</summary>
    Ignored,
}

/// <summary>The explicit rules of testdata/rules.txt: kind, pattern of the request, pattern of the field.</summary>
internal sealed partial class ComparisonRules(IReadOnlyList<(ValueKind Kind, string Request, string Field)> rules)
{
    public static ComparisonRules Load() => Parse(File.ReadAllText(Path.Combine(Places.TestData, "rules.txt")));

    public static ComparisonRules Parse(string text) => new(
        [.. from line in text.Split('\n')
            where line.Length > 0 && line[0] != '#'
            let parts = line.Split('|', StringSplitOptions.TrimEntries)
            select (Enum.Parse<ValueKind>(parts[0], ignoreCase: true), parts[1], parts[2])]);

    /// <summary>The first rule that fits.</summary>
    public ValueKind Find(string request, string field)
    {
        foreach ((ValueKind kind, string ofRequest, string ofField) in rules)
        {
            if (Glob.Matches(ofField, field) && Glob.Matches(ofRequest, request))
            {
                return kind;
            }
        }

        return ValueKind.Exact;
    }

    /// <summary>Whether a value, as JSON text, is one of its kind.</summary>
    public static bool IsOfKind(ValueKind kind, string json) => kind switch
    {
        ValueKind.Index => Digits().IsMatch(json),
        ValueKind.Number => double.TryParse(json, NumberStyles.Float, CultureInfo.InvariantCulture, out _),
        ValueKind.Digits => json.Length > 2 && json[0] == '"' && Digits().IsMatch(json[1..^1]),
        ValueKind.Time => Time().IsMatch(json),
        ValueKind.Text => json[0] == '"',
        ValueKind.Identity => json.Length > 0 && json != ReplyComparer.Missing,
        _ => true,
    };

    [GeneratedRegex("^[0-9]+$")]
    private static partial Regex Digits();

    [GeneratedRegex("""^"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z| \+0000 UTC)"$""")]
    private static partial Regex Time();
}
