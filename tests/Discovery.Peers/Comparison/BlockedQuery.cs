using System.Globalization;
using Discovery.Peers.Http;
using Discovery.Peers.Processes;
using Discovery.Peers.Tables;

namespace Discovery.Peers.Comparison;

/// <summary>What one agent did with a blocking query: its first reply, what the writes did to it, its last reply.</summary>
internal sealed record BlockedOutcome(RawReply First, string Unrelated, string Change, RawReply Last);

/// <summary>Plays one scenario of blocking queries with one agent.</summary>
internal static class BlockedQuery
{
    /// <summary>A wrong release that comes later than this is missed; a right one is never told as wrong.</summary>
    private static readonly TimeSpan s_settle = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(15);

    public static async Task<BlockedOutcome> PlayAsync(AgentProcess agent, Scenario scenario, TakenValues taken)
    {
        foreach (Step step in scenario.Steps.Where(step => step.Role == StepRole.Plain))
        {
            await PlayStepAsync(agent, step, taken);
        }

        RawRequest watch = taken.Fill(scenario.Steps.Single(step => step.Role == StepRole.Watch).Request);
        RawReply first = await agent.SendAsync(watch);
        RawReply last = first;
        using CancellationTokenSource end = new();
        Task<RawReply> blocked = await BlockAsync(agent, Blocking(watch, first), end.Token);
        List<string> released = [];
        foreach (Step step in scenario.Steps.Where(step => step.Role == StepRole.Unrelated))
        {
            await PlayStepAsync(agent, step, taken);
            if (await EndsAsync(blocked, s_settle))
            {
                released.Add(AgentTrio.Describe(step.Request));
                last = await blocked;
                blocked = await BlockAsync(agent, Blocking(watch, last), end.Token);
            }
        }

        foreach (Step step in scenario.Steps.Where(step => step.Role == StepRole.Change))
        {
            await PlayStepAsync(agent, step, taken);
        }

        string change = "stays blocked";
        if (await EndsAsync(blocked, s_patience))
        {
            RawReply before = last;
            last = await blocked;
            change = IsAfter(watch, before, last) ? "released with a later position" : "released with a position that is not later";
        }

        await end.CancelAsync();
        string unrelated = released.Count == 0 ? "stays blocked" : "released by " + string.Join(" and ", released);
        return new BlockedOutcome(first, unrelated, change, last);
    }

    // The query and the writes come on connections of their own. A write that overtook the query would not release it: the query would be
    // answered at once where an index is that of a whole table, and the write be blamed for it.
    private static async Task<Task<RawReply>> BlockAsync(AgentProcess agent, RawRequest query, CancellationToken cancellationToken)
    {
        Task<RawReply> blocked = agent.SendAsync(query, cancellationToken);
        await EndsAsync(blocked, s_settle);
        return blocked;
    }

    private static RawRequest Blocking(RawRequest watch, RawReply seen)
    {
        string position = seen.Header("X-Consul-Contenthash") is { } hash ? "hash=" + hash : "index=" + seen.Header("X-Consul-Index");
        string separator = watch.Target.Contains('?', StringComparison.Ordinal) ? "&" : "?";
        return watch with { Target = $"{watch.Target}{separator}{position}&wait=60s" };
    }

    private static bool IsAfter(RawRequest watch, RawReply before, RawReply after)
    {
        // The ids of events have no order.
        if (watch.Target.StartsWith("/v1/event/", StringComparison.Ordinal))
        {
            return before.Header("X-Consul-Index") != after.Header("X-Consul-Index");
        }

        if (before.Header("X-Consul-Contenthash") is { } hash)
        {
            return hash != after.Header("X-Consul-Contenthash");
        }

        return ulong.TryParse(before.Header("X-Consul-Index"), CultureInfo.InvariantCulture, out ulong one)
            && ulong.TryParse(after.Header("X-Consul-Index"), CultureInfo.InvariantCulture, out ulong two) && two > one;
    }

    private static async Task PlayStepAsync(AgentProcess agent, Step step, TakenValues taken)
    {
        if (step.Until is { } text)
        {
            await agent.UntilAsync(step.Request.Target, body => body.Contains(text, StringComparison.Ordinal));
            return;
        }

        RawReply reply = await agent.SendAsync(taken.Fill(step.Request));
        Assert.True(reply.Status == 200, $"{agent.Kind}: {step.Request.Line}: {reply.Status} {reply.Text}");
        taken.Take(step, reply);
    }

    private static async Task<bool> EndsAsync(Task task, TimeSpan limit) => await Task.WhenAny(task, Task.Delay(limit)) == task;
}
