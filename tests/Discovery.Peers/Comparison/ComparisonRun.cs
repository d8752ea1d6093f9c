using System.Collections.Concurrent;
using Discovery.Peers.Tables;

namespace Discovery.Peers.Comparison;

/// <summary>Runs each scenario once, whoever asks for it, on agents that are started when they are first needed.</summary>
public sealed class ComparisonRun : IAsyncLifetime
{
    private readonly ConcurrentDictionary<string, Task<AgentTrio>> _trios = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Comparison> _results = new(StringComparer.Ordinal);
    private readonly Dictionary<string, BlockedComparison> _blocked = new(StringComparer.Ordinal);

    internal static IReadOnlyList<Scenario> Scenarios { get; } = RequestTable.Load("requests");

    internal static IReadOnlyList<Scenario> BlockingScenarios { get; } = RequestTable.Load("blocking");

    internal ComparisonRules Rules { get; } = ComparisonRules.Load();

    internal ListedDifferences Listed { get; } = ListedDifferences.Load();

    public Task InitializeAsync() => Task.CompletedTask;

    internal Task<AgentTrio> TrioAsync(string mode) => _trios.GetOrAdd(mode, AgentTrio.StartAsync);

    internal async Task<Comparison> ResultAsync(string name)
    {
        if (!_results.TryGetValue(name, out Comparison? result))
        {
            Scenario scenario = Scenarios.Single(one => one.Name == name);
            AgentTrio trio = await TrioAsync(scenario.Mode);
            _results[name] = result = await trio.RunAsync(scenario, Rules);
        }

        return result;
    }

    internal async Task<BlockedComparison> BlockingAsync(string name)
    {
        if (!_blocked.TryGetValue(name, out BlockedComparison? result))
        {
            Scenario scenario = BlockingScenarios.Single(one => one.Name == name);
            AgentTrio trio = await TrioAsync(scenario.Mode);
            _blocked[name] = result = await trio.BlockAsync(scenario, Rules);
        }

        return result;
    }

    public async Task DisposeAsync()
    {
        foreach (Task<AgentTrio> trio in _trios.Values.Where(trio => trio.IsCompletedSuccessfully))
        {
            await (await trio).DisposeAsync();
        }
    }
}
