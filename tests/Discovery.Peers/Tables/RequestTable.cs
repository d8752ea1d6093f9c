using System.Globalization;
using System.Text.RegularExpressions;
using Discovery.Peers.Http;
using Discovery.Peers.Processes;

namespace Discovery.Peers.Tables;

/// <summary>
/// Reads tables of requests. A line <c>=== name</c> begins a scenario, <c>=== name (dev)</c> one for agents in development mode;
/// a line <c>METHOD target body</c> is a request. Indented lines below it are header lines (<c>Name: value</c>), <c>until text</c> (the
/// request is repeated until its reply contains the text), <c>take name from path</c> (a value of the reply's JSON, such as
/// <c>[0].ModifyIndex</c>, for which <c>${name}</c> stands in later requests), or more of the body. <c>${x*600}</c> stands for 600 x. A
/// line that begins with <c>#</c> is a comment. In tables of blocking queries a request has its role before it: <c>watch</c>,
/// <c>unrelated</c> or <c>change</c>.
/// </summary>
internal static partial class RequestTable
{
    public static IReadOnlyList<Scenario> Load(string folder) =>
        [.. Directory.GetFiles(Path.Combine(Places.TestData, folder), "*.txt").Order(StringComparer.Ordinal).SelectMany(
            file => Parse(Path.GetFileNameWithoutExtension(file), File.ReadAllText(file)))];

    public static IReadOnlyList<Scenario> Parse(string prefix, string text)
    {
        List<Scenario> scenarios = [];
        List<Step> steps = [];
        foreach (string line in text.Split('\n').Select(line => line.TrimEnd()))
        {
            if (line.StartsWith("=== ", StringComparison.Ordinal))
            {
                steps = [];
                bool isDev = line.EndsWith(" (dev)", StringComparison.Ordinal);
                string name = isDev ? line[4..^6] : line[4..];
                scenarios.Add(new Scenario($"{prefix}: {name}", isDev ? "dev" : "server", steps));
            }
            else if (line.StartsWith("  ", StringComparison.Ordinal) && steps.Count > 0)
            {
                steps[^1] = With(steps[^1], line[2..]);
            }
            else if (Request().Match(line) is { Success: true } match && scenarios.Count > 0)
            {
                string body = match.Groups["body"].Value;
                steps.Add(Read(match));
            }
            else if (line.Length > 0 && line[0] != '#')
            {
                throw new FormatException($"{prefix}: cannot read '{line}'");
            }
        }

        return scenarios;
    }

    private static Step Read(Match match)
    {
        string role = match.Groups["role"].Value;
        string body = match.Groups["body"].Value;
        return new Step(
            role.Length == 0 ? StepRole.Plain : Enum.Parse<StepRole>(role, ignoreCase: true),
            new RawRequest(match.Groups["method"].Value, Expand(match.Groups["target"].Value), [], body.Length == 0 ? null : Expand(body)),
            null,
            []);
    }

    private static Step With(Step step, string line)
    {
        if (line.StartsWith("until ", StringComparison.Ordinal))
        {
            return step with { Until = line[6..] };
        }

        if (Taking().Match(line) is { Success: true } taking)
        {
            return step with { Takes = [.. step.Takes, (taking.Groups["name"].Value, taking.Groups["path"].Value)] };
        }

        if (step.Request.Body is null && Header().Match(line) is { Success: true } match)
        {
            (string, string) header = (match.Groups["name"].Value, Expand(match.Groups["value"].Value));
            return step with { Request = step.Request with { Headers = [.. step.Request.Headers, header] } };
        }

        string body = step.Request.Body is { } before ? before + "\n" + Expand(line) : Expand(line);
        return step with { Request = step.Request with { Body = body } };
    }

    private static string Expand(string text) => Repeat().Replace(text, match => string.Concat(Enumerable.Repeat(
        match.Groups["text"].Value, int.Parse(match.Groups["count"].Value, CultureInfo.InvariantCulture))));

    [GeneratedRegex("^((?<role>watch|unrelated|change) )?(?<method>[A-Z]+) (?<target>[^ ]+)( (?<body>.+))?$")]
    private static partial Regex Request();

    [GeneratedRegex("^(?<name>[A-Za-z-]+): (?<value>.*)$")]
    private static partial Regex Header();

    [GeneratedRegex("^take (?<name>[a-z]+) from (?<path>[^ ]+)$")]
    private static partial Regex Taking();

    [GeneratedRegex(@"\$\{(?<text>(?:(?!\$\{)[^*])+)\*(?<count>[0-9]+)\}")]
    private static partial Regex Repeat();
}
