using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Discovery.Peers.Processes;
using Discovery.Peers.Tables;

namespace Discovery.Peers.Comparison;

/// <summary>A difference that stays, with its reason. All but the reason are patterns.</summary>
internal sealed record ListedDifference(string Scenario, string Request, string Field, string Ours, string Theirs, string Reason)
{
    public bool Matches(Difference one) => Glob.Matches(Scenario, one.Scenario) && Glob.Matches(Request, one.Request)
        && Glob.Matches(Field, one.Field) && Glob.Matches(Ours, one.Ours) && Glob.Matches(Theirs, one.Theirs);
}

/// <summary>testdata/differences.json: every difference between Consul 1.8.7 and us that the tables show.</summary>
internal sealed class ListedDifferences
{
    private static readonly JsonSerializerOptions s_options = new()
    {
        WriteIndented = true,
        IndentSize = 2,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    private readonly List<ListedDifference> _entries;
    private readonly HashSet<ListedDifference> _seen = [];

    public ListedDifferences(IEnumerable<ListedDifference> entries) => _entries = [.. entries];

    public static string Path { get; } = System.IO.Path.Combine(Places.TestData, "differences.json");

    public IReadOnlyList<ListedDifference> Entries => _entries;

    public static ListedDifferences Load() =>
        new(File.Exists(Path) ? JsonSerializer.Deserialize<ListedDifference[]>(File.ReadAllText(Path), s_options)! : []);

    /// <summary>The differences that are not listed; those that are count as seen.</summary>
    public IReadOnlyList<Difference> Unlisted(IEnumerable<Difference> found)
    {
        List<Difference> unlisted = [];
        foreach (Difference one in found)
        {
            ListedDifference[] matching = [.. _entries.Where(entry => entry.Matches(one))];
            _seen.UnionWith(matching);
            if (matching.Length == 0)
            {
                unlisted.Add(one);
            }
        }

        return unlisted;
    }

    /// <summary>The entries that no difference has matched, or that lack a reason.</summary>
    public IReadOnlyList<string> Stale() =>
        [.. _entries.Where(entry => !_seen.Contains(entry)).Select(entry => $"listed, but it does not occur: {entry}"),
            .. _entries.Where(entry => entry.Reason.Length == 0).Select(entry => $"listed without a reason: {entry}")];

    /// <summary>Writes the list as it is now: without what has not been seen, with what is new, which still wants its reason.</summary>
    public void Rewrite(IEnumerable<Difference> unlisted)
    {
        IEnumerable<ListedDifference> added = unlisted.Select(
            one => new ListedDifference(
                Literal(one.Scenario), Literal(one.Request), Literal(one.Field), Literal(one.Ours), Literal(one.Theirs), ""));
        ListedDifference[] all = [.. _entries.Where(_seen.Contains), .. added.Distinct()];
        File.WriteAllText(Path, JsonSerializer.Serialize(all, s_options) + "\n");
    }

    private static string Literal(string text) => text.Replace("\n", "*", StringComparison.Ordinal);
}
