using Discovery.Peers.Comparison;
using Discovery.Peers.Processes;
using Discovery.Peers.Tables;

namespace Discovery.Peers.Compatibility;

public sealed class CompatibilityDocumentTests
{
    private static readonly string[] s_comparedGroups =
        ["agent", "catalog", "health", "status", "coordinate", "kv", "txn", "session", "operator", "snapshot"];

    [Fact]
    public void Document_OfThisRepository_IsCurrent()
    {
        string text = CompatibilityDocument.Write(
            Route.Load(), ComparisonRun.Scenarios, ComparisonRun.BlockingScenarios, ListedDifferences.Load().Entries);
        if (Places.Rewrite)
        {
            File.WriteAllText(CompatibilityDocument.Path, text);
        }

        Assert.Equal(text, File.ReadAllText(CompatibilityDocument.Path));
    }

    [Fact]
    public void Requests_OfTheTables_ReachEveryRouteOfPriorityAAndB()
    {
        IReadOnlyList<Step> steps = [.. ComparisonRun.Scenarios.SelectMany(scenario => scenario.Steps)];
        Assert.Empty(Route.Load()
            .Where(route => route.Priority is "A" or "B" && s_comparedGroups.Contains(route.Group, StringComparer.Ordinal))
            .Where(route => route.Path != "/v1/agent/leave")
            .Where(route => !steps.Any(step => route.Takes(step.Request)))
            .Select(route => $"{route.Method} {route.Path} is not compared"));
    }

    [Fact]
    public void Scenarios_OfTheTables_HaveNamesOfTheirOwn() => Assert.Empty(
        ComparisonRun.Scenarios.Concat(ComparisonRun.BlockingScenarios).GroupBy(scenario => scenario.Name, StringComparer.Ordinal)
            .Where(group => group.Count() > 1).Select(group => group.Key));

    [Theory]
    [InlineData("GET /v1/agent/service/x", true)]
    [InlineData("GET /v1/agent/service/x/y?z {}", true)]
    [InlineData("GET /v1/agent/service/", false)]
    [InlineData("PUT /v1/agent/service/x", false)]
    [InlineData("GET /v1/agent/services", false)]
    public void Takes_OfRoute_WantsItsMethodAndPath(string request, bool isTaken) =>
        Assert.Equal(isTaken, new Route("A", "agent", "GET", "/v1/agent/service/:id", "").Takes(request));
}
