using Discovery.Peers.Processes;
using Discovery.Peers.Tables;

namespace Discovery.Peers.Comparison;

/// <summary>
/// The table of testdata/blocking: each query blocks with its current index, is not released by what does not concern it, and is
/// released by its change with the body that Consul gives.
/// </summary>
[Trait("Kind", "RealSockets")]
[Collection(nameof(ComparisonRun))]
public sealed class BlockingTests(ComparisonRun run)
{
    public static TheoryData<string> Names => [.. ComparisonRun.BlockingScenarios.Select(scenario => scenario.Name)];

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public async Task BlockedQuery_OfTwoConsuls_DoesTheSame(string scenario)
    {
        Peer.Require(Peer.Consul, "Consul 1.8.7");
        ComparisonTests.Tell((await run.BlockingAsync(scenario)).OfTwins);
    }

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public async Task BlockedQuery_OfOurs_DiffersAsListedOnly(string scenario)
    {
        Peer.Require(Peer.Consul, "Consul 1.8.7");
        IReadOnlyList<Difference> unlisted = run.Listed.Unlisted((await run.BlockingAsync(scenario)).OfOurs);
        if (!Places.Rewrite)
        {
            ComparisonTests.Tell(unlisted);
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public async Task BlockedQuery_OfOurs_IsReleasedByItsChangeAndNothingElse(string scenario)
    {
        Peer.Require(Peer.Consul, "Consul 1.8.7");
        BlockedOutcome ours = (await run.BlockingAsync(scenario)).Ours;
        Assert.Equal("stays blocked", ours.Unrelated);
        Assert.Equal("released with a later position", ours.Change);
        Assert.NotEqual(ours.First.Text, ours.Last.Text);
    }
}
