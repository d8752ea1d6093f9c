using Discovery.Peers.Http;
using Discovery.Peers.Processes;
using Discovery.Peers.Tables;

namespace Discovery.Peers.Comparison;

/// <summary>What one scenario has shown.</summary>
/// <param name="OfTwins">Differences between two processes of the same real Consul: there may be none, or a rule is missing.</param>
/// <param name="OfOurs">Differences between us and Consul.</param>
internal sealed record Comparison(IReadOnlyList<Difference> OfTwins, IReadOnlyList<Difference> OfOurs);

/// <summary>What one scenario of blocking queries has shown.</summary>
internal sealed record BlockedComparison(IReadOnlyList<Difference> OfTwins, IReadOnlyList<Difference> OfOurs, BlockedOutcome Ours);

/// <summary>Two real Consul agents and one of ours, which are asked the same in the same state.</summary>
internal sealed class AgentTrio : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);
    private readonly AgentProcess[] _agents;

    private AgentTrio(AgentProcess[] agents) => _agents = agents;

    public AgentProcess Consul => _agents[0];

    public AgentProcess Ours => _agents[2];

    public static async Task<AgentTrio> StartAsync(string mode)
    {
        Task<AgentProcess>[] starts =
        [
            AgentProcess.StartAsync(AgentKind.Consul, mode), AgentProcess.StartAsync(AgentKind.Consul, mode),
            AgentProcess.StartAsync(AgentKind.Ours, mode),
        ];
        try
        {
            return new AgentTrio(await Task.WhenAll(starts));
        }
        catch
        {
            foreach (Task<AgentProcess> start in starts.Where(start => start.IsCompletedSuccessfully))
            {
                await (await start).DisposeAsync();
            }

            throw;
        }
    }

    /// <summary>Empties the agents; gives the index that each has come to.</summary>
    public Task<ulong[]> ResetAsync() => AllAsync(async agent =>
    {
        await AgentReset.RunAsync(agent);
        string[] reads =
        [
            "/v1/catalog/nodes", "/v1/catalog/services", "/v1/catalog/node/" + AgentProcess.NodeName, "/v1/health/state/any",
            "/v1/kv/?keys", "/v1/session/list",
        ];
        ulong start = 0;
        foreach (string target in reads)
        {
            start = Math.Max(start, ulong.Parse((await agent.SendAsync("GET " + target)).Header("X-Consul-Index")!));
        }

        return start;
    });

    /// <summary>Sends a scenario's requests to all three and compares their replies.</summary>
    public async Task<Comparison> RunAsync(Scenario scenario, ComparisonRules rules)
    {
        ulong[] start = await ResetAsync();
        TakenValues[] taken = [new(), new(), new()];
        ReplyComparer twins = new(scenario.Name, rules, DisguiseOf(1, taken[1]), DisguiseOf(0, taken[0]), (start[1], start[0]));
        ReplyComparer ours = new(scenario.Name, rules, DisguiseOf(2, taken[2]), DisguiseOf(0, taken[0]), (start[2], start[0]));
        List<Difference> ofTwins = [];
        List<Difference> ofOurs = [];
        foreach (Step step in scenario.Steps)
        {
            RawReply[] replies = await AllAsync(agent => AskAsync(agent, step, taken[Array.IndexOf(_agents, agent)]));
            string request = Describe(step.Request);
            ofTwins.AddRange(twins.Compare(request, replies[1], replies[0]));
            ofOurs.AddRange(ours.Compare(request, replies[2], replies[0]));
        }

        return new Comparison(ofTwins, ofOurs);
    }

    /// <summary>Plays a scenario of blocking queries with all three and compares what they did.</summary>
    public async Task<BlockedComparison> BlockAsync(Scenario scenario, ComparisonRules rules)
    {
        ulong[] start = await ResetAsync();
        TakenValues[] taken = [new(), new(), new()];
        BlockedOutcome[] outcomes =
            await AllAsync(agent => BlockedQuery.PlayAsync(agent, scenario, taken[Array.IndexOf(_agents, agent)]));
        return new BlockedComparison(Compare(outcomes[1], 1), Compare(outcomes[2], 2), outcomes[2]);

        IReadOnlyList<Difference> Compare(BlockedOutcome one, int agent)
        {
            string request = Describe(scenario.Steps.Single(step => step.Role == StepRole.Watch).Request);
            BlockedOutcome other = outcomes[0];
            ReplyComparer comparer = new(
                scenario.Name, rules, DisguiseOf(agent, taken[agent]), DisguiseOf(0, taken[0]), (start[agent], start[0]));
            List<Difference> differences =
                [.. comparer.Compare(request, one.First, other.First), .. comparer.Compare(request, one.Last, other.Last)];
            if (one.Unrelated != other.Unrelated)
            {
                differences.Add(new Difference(scenario.Name, request, "unrelated writes", one.Unrelated, other.Unrelated));
            }

            if (one.Change != other.Change)
            {
                differences.Add(new Difference(scenario.Name, request, "the change", one.Change, other.Change));
            }

            return differences;
        }
    }

    /// <summary>Does the same with each agent at once; the results are in the order Consul, Consul, ours.</summary>
    public Task<T[]> AllAsync<T>(Func<AgentProcess, Task<T>> action) => Task.WhenAll(_agents.Select(action));

    public async ValueTask DisposeAsync()
    {
        foreach (AgentProcess agent in _agents)
        {
            await agent.DisposeAsync();
        }
    }

    /// <summary>The request as differences name it: the line, what of the headers is there, and the body as far as it is short.</summary>
    public static string Describe(RawRequest request)
    {
        const int bodyMax = 200;
        string body = request.Body is null ? "" : " " + request.Body.Replace('\n', ' ');
        return request.Line + string.Concat(request.Headers.Select(header => $" [{header.Name}: {header.Value}]"))
            + (body.Length > bodyMax ? body[..bodyMax] + "..." : body);
    }

    private Disguise DisguiseOf(int agent, TakenValues taken) => new(_agents[agent].Ports, _agents[agent].Folder, taken);

    private static async Task<RawReply> AskAsync(AgentProcess agent, Step step, TakenValues taken)
    {
        RawRequest request = taken.Fill(step.Request);
        using CancellationTokenSource limit = new(s_patience);
        try
        {
            while (true)
            {
                RawReply reply = await agent.SendAsync(request, limit.Token);
                if (step.Until is null || reply.Text.Contains(step.Until, StringComparison.Ordinal))
                {
                    taken.Take(step, reply);
                    return reply;
                }

                await Task.Delay(5, limit.Token);
            }
        }
        catch (OperationCanceledException)
        {
            return new RawReply(0, [], System.Text.Encoding.UTF8.GetBytes(
                step.Until is null ? $"no reply within {s_patience}" : $"not come to '{step.Until}' within {s_patience}"));
        }
        catch (IOException)
        {
            return new RawReply(0, [], "the connection was closed without a reply"u8.ToArray());
        }
    }
}
