using System.Globalization;
using System.Text;
using Discovery.Peers.Comparison;
using Discovery.Peers.Processes;
using Discovery.Peers.Tables;

namespace Discovery.Peers.Compatibility;

/// <summary>docs/consul-compatibility.md, made from the table of routes, the tables of requests and the list of differences.</summary>
internal static class CompatibilityDocument
{
    private static readonly CompositeFormat s_head = CompositeFormat.Parse("""
        # Compatibility with Consul 1.8.7

        The HTTP API is compared with the real Consul 1.8.7: {0} requests in {1} scenarios, and {2} scenarios of blocking queries, go to
        both in the same state, and status, header lines and bodies are compared field by field: the order of keys and of arrays, null,
        empty and missing, numbers and strings, and the relation of indexes to each other. This page is made from
        `tests/Discovery.Peers/testdata` by `REWRITE=1 dotnet test tests/Discovery.Peers --filter CompatibilityDocument`; what is not
        listed here and yet differs fails a test, and so does what is listed and does not occur. Prepared queries, ACLs and
        config entries are not there yet.

        ## Routes

        `A` is what everyday clients call, `B` what operators call, `C` service mesh and legacy. *Requests* is how many of the compared
        requests go to the route, *blocking* how many scenarios watch it.

        | | route | requests | blocking | note |
        |---|---|---|---|---|

        """);

    private const string DifferencesHead = """

        ## Differences

        Each with its reason; `*` stands for anything.

        """;

    public static string Path { get; } = System.IO.Path.Combine(Places.Root, "docs", "consul-compatibility.md");

    public static string Write(
        IReadOnlyList<Route> routes,
        IReadOnlyList<Scenario> requests,
        IReadOnlyList<Scenario> blocking,
        IReadOnlyList<ListedDifference> listed)
    {
        StringBuilder text = new();
        text.AppendFormat(
            CultureInfo.InvariantCulture, s_head, requests.Sum(scenario => scenario.Steps.Count), requests.Count, blocking.Count);
        foreach (Route route in routes)
        {
            int sent = requests.SelectMany(scenario => scenario.Steps).Count(step => route.Takes(step.Request));
            int watched = blocking.SelectMany(scenario => scenario.Steps)
                .Count(step => step.Role == StepRole.Watch && route.Takes(step.Request));
            text.Append(CultureInfo.InvariantCulture, $"| {route.Priority} | `{route.Method} {route.Path}` | {sent} | ");
            text.Append(CultureInfo.InvariantCulture, $"{(watched == 0 ? "" : watched)} | {route.Note} |\n");
        }

        text.Append(DifferencesHead);
        foreach (IGrouping<string, ListedDifference> group in listed.GroupBy(entry => entry.Reason, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n**{group.Key}**\n\n| request | field | here | Consul |\n|---|---|---|---|\n");
            foreach (ListedDifference entry in group)
            {
                string request = entry.Scenario == "*" ? Cell(entry.Request) : $"{Cell(entry.Request)} ({Plain(entry.Scenario)})";
                string[] cells = [request, Cell(entry.Field), Cell(entry.Ours), Cell(entry.Theirs)];
                text.Append(CultureInfo.InvariantCulture, $"| {string.Join(" | ", cells)} |\n");
            }
        }

        return text.ToString();
    }

    private static string Cell(string text)
    {
        const int lengthMax = 120;
        string plain = Plain(text.Length > lengthMax ? text[..lengthMax] + "..." : text);
        return plain.Length == 0 ? "(empty)"
            : plain == "*" ? "\\*"
            : plain.Contains('`', StringComparison.Ordinal) ? $"`` {plain} ``"
            : $"`{plain}`";
    }

    private static string Plain(string text) =>
        text.Replace("\n", "\\n", StringComparison.Ordinal).Replace("|", "\\|", StringComparison.Ordinal);
}
