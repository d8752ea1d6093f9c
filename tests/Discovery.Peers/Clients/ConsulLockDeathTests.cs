using System.Diagnostics;
using System.Text.Json;
using Discovery.Peers.Http;
using Discovery.Peers.Processes;
using Xunit.Abstractions;

namespace Discovery.Peers.Clients;

/// <summary>A holder of the real Consul 1.8.7's lock command that is killed: who gets the lock, and when.</summary>
/// <remarks>The command has no setting for its session: 15 s, which the agents double, and 15 s of lock-delay.</remarks>
[Trait("Kind", "RealSockets")]
public sealed class ConsulLockDeathTests(TwoAgents agents, ITestOutputHelper output) : IClassFixture<TwoAgents>
{
    private const string Key = "/v1/kv/locks/d/.lock";
    private const int SigKill = 9;
    private static readonly TimeSpan s_lease = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_lockDelay = TimeSpan.FromSeconds(15);

    /// <summary>The command asks again that long after it was refused a free key.</summary>
    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(5);

    /// <summary>What a loaded machine may add. Nothing can take away from the lower bounds.</summary>
    private static readonly TimeSpan s_slack = TimeSpan.FromSeconds(20);

    [SkippableFact]
    public async Task Lock_WhoseHolderIsKilled_GoesToTheWaiterAfterLeaseAndLockDelay()
    {
        await agents.BeginAsync();
        await Task.WhenAll(RunAsync(agents.Ours), RunAsync(agents.Theirs));
    }

    private async Task RunAsync(AgentProcess agent)
    {
        Stopwatch clock = Stopwatch.StartNew();
        await using Running holder = Start(agent);
        await agent.UntilAsync(Key, body => body.Contains("\"Session\"", StringComparison.Ordinal));
        Step held = await NextAsync(agent, 0);
        await using Running waiter = Start(agent);
        await agent.UntilAsync("/v1/session/list", body => body.Split("\"ID\"").Length == 3);
        holder.Signal(SigKill);
        Assert.Equal((128 + SigKill, "", ""), await holder.EndAsync(s_slack));
        TimeSpan killed = clock.Elapsed;

        Step freed = await NextAsync(agent, held.Index);
        TimeSpan freedAt = clock.Elapsed;
        string sessions = await agent.ExpectAsync("GET /v1/session/list");
        Step granted = await NextAsync(agent, freed.Index);
        TimeSpan grantedAt = clock.Elapsed;
        output.WriteLine($"{agent.Kind}: killed after {killed.TotalSeconds:F1} s, freed after {freedAt.TotalSeconds:F1} s, "
            + $"granted after {grantedAt.TotalSeconds:F1} s");

        Assert.NotEqual("", held.Session);
        Assert.Equal(new Step("", 1, freed.Index), freed);
        Assert.DoesNotContain(held.Session, sessions, StringComparison.Ordinal);
        Assert.Contains($"\"ID\":\"{granted.Session}\"", sessions.Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal(2UL, granted.LockIndex);
        Assert.InRange(freedAt, s_lease, killed + s_lease + s_slack);
        Assert.InRange(grantedAt, s_lease + s_lockDelay, freedAt + s_lockDelay + s_retry + s_slack);
        Assert.Equal((0, "", ""), await waiter.EndAsync(s_slack));
        Assert.Equal(404, (await agent.SendAsync("GET " + Key)).Status);
    }

    /// <summary>The key's next state after an index, told by the agent's own blocking query.</summary>
    private static async Task<Step> NextAsync(AgentProcess agent, ulong after)
    {
        RawReply reply = await agent.SendAsync($"GET {Key}?index={after}&wait=2m");
        Assert.True(reply.Status == 200, $"{agent.Kind}: {reply.Status} {reply.Text}");
        using JsonDocument document = JsonDocument.Parse(reply.Text);
        JsonElement entry = document.RootElement[0];
        string session = entry.TryGetProperty("Session", out JsonElement holder) ? holder.GetString()! : "";
        return new Step(session, entry.GetProperty("LockIndex").GetUInt64(), entry.GetProperty("ModifyIndex").GetUInt64());
    }

    private static Running Start(AgentProcess agent) => Running.Start(
        Peer.Require(Peer.Consul, "Consul 1.8.7"),
        "lock -pass-stdin -shell=false locks/d /bin/cat".Split(' '),
        new Dictionary<string, string> { ["CONSUL_HTTP_ADDR"] = agent.Address });

    private sealed record Step(string Session, ulong LockIndex, ulong Index);
}
