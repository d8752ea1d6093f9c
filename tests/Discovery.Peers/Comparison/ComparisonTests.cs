using Discovery.Peers.Processes;

namespace Discovery.Peers.Comparison;

/// <summary>The tables of testdata/requests, sent to two real Consul agents and to ours.</summary>
[Trait("Kind", "RealSockets")]
[Collection(nameof(ComparisonRun))]
public sealed class ComparisonTests(ComparisonRun run)
{
    public static TheoryData<string> Names => [.. ComparisonRun.Scenarios.Select(scenario => scenario.Name)];

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public async Task Reply_OfTwoConsuls_IsEqualUnderTheRules(string scenario)
    {
        Peer.Require(Peer.Consul, "Consul 1.8.7");
        Tell((await run.ResultAsync(scenario)).OfTwins);
    }

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public async Task Reply_OfOurs_DiffersAsListedOnly(string scenario)
    {
        Peer.Require(Peer.Consul, "Consul 1.8.7");
        IReadOnlyList<Difference> unlisted = run.Listed.Unlisted((await run.ResultAsync(scenario)).OfOurs);
        if (!Places.Rewrite)
        {
            Tell(unlisted);
        }
    }

    [SkippableFact]
    public async Task ListedDifferences_AfterAllScenarios_HaveOccurredAndHaveReasons()
    {
        Peer.Require(Peer.Consul, "Consul 1.8.7");
        List<Difference> unlisted = [];
        foreach (string name in ComparisonRun.Scenarios.Select(scenario => scenario.Name))
        {
            unlisted.AddRange(run.Listed.Unlisted((await run.ResultAsync(name)).OfOurs));
        }

        foreach (string name in ComparisonRun.BlockingScenarios.Select(scenario => scenario.Name))
        {
            unlisted.AddRange(run.Listed.Unlisted((await run.BlockingAsync(name)).OfOurs));
        }

        if (Places.Rewrite)
        {
            run.Listed.Rewrite(unlisted);
        }

        Assert.Empty(run.Listed.Stale());
    }

    internal static void Tell(IReadOnlyList<Difference> differences) =>
        Assert.True(differences.Count == 0, "\n" + string.Join('\n', differences));
}

[CollectionDefinition(nameof(ComparisonRun))]
public sealed class ComparisonRunCollection : ICollectionFixture<ComparisonRun>;
