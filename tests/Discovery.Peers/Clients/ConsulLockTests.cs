using Discovery.Peers.Processes;

namespace Discovery.Peers.Clients;

/// <summary>What several commands of the real Consul 1.8.7 do with each other: locks, semaphores and watches of keys.</summary>
[Trait("Kind", "RealSockets")]
public sealed class ConsulLockTests(TwoAgents agents) : IClassFixture<TwoAgents>
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(30);

    [SkippableTheory]
    [InlineData("theirs")]
    [InlineData("ours")]
    public async Task Lock_OfKeyThatAnotherHolds_WaitsForItsRelease(string whose)
    {
        AgentProcess agent = await BeginAsync(whose);
        await using Running holder = Start(agent, "lock -pass-stdin -shell=false locks/a /bin/cat");
        await agent.UntilAsync("/v1/kv/locks/a/.lock", body => body.Contains("\"Session\"", StringComparison.Ordinal));
        await using Running waiter = Start(agent, "lock -shell=false locks/a /bin/echo released");
        await SessionsAsync(agent, 2);
        Assert.Equal("", waiter.Output);
        Assert.Equal((0, "", ""), await holder.EndAsync(s_deadline));
        Assert.Equal((0, "released\n", ""), await waiter.EndAsync(s_deadline));
        await LeavesNoLockAsync(agent);
    }

    [SkippableTheory]
    [InlineData("theirs")]
    [InlineData("ours")]
    public async Task Lock_TriedWhileAnotherHolds_GivesUp(string whose)
    {
        AgentProcess agent = await BeginAsync(whose);
        await using Running holder = Start(agent, "lock -pass-stdin -shell=false locks/t /bin/cat");
        await agent.UntilAsync("/v1/kv/locks/t/.lock", body => body.Contains("\"Session\"", StringComparison.Ordinal));
        await using Running tried = Start(agent, "lock -try=200ms -shell=false locks/t /bin/echo no");
        Assert.Equal((1, "", "Shutdown triggered or timeout during lock acquisition\n"), await tried.EndAsync(s_deadline));
        Assert.Equal((0, "", ""), await holder.EndAsync(s_deadline));
        await LeavesNoLockAsync(agent);
    }

    [SkippableTheory]
    [InlineData("theirs")]
    [InlineData("ours")]
    public async Task Lock_ThatIsTaken_EndsItsCommand(string whose)
    {
        AgentProcess agent = await BeginAsync(whose);
        await using Running holder = Start(agent, "lock -pass-stdin -shell=false locks/l /bin/cat");
        await agent.UntilAsync("/v1/kv/locks/l/.lock", body => body.Contains("\"Session\"", StringComparison.Ordinal));
        await agent.ExpectAsync("DELETE /v1/kv/locks/l/.lock");
        await Eventually.HoldsAsync(() => Task.FromResult(holder.HasExited), () => holder.Output + holder.Errors);
        Assert.Equal((0, "", "Error running handler: signal: terminated\n"), await holder.EndAsync(s_deadline));
    }

    [SkippableTheory]
    [InlineData("theirs")]
    [InlineData("ours")]
    public async Task Lock_OfTwoSlots_LetsTwoRunAndTheThirdWait(string whose)
    {
        AgentProcess agent = await BeginAsync(whose);
        await using Running one = Start(agent, "lock -n=2 -pass-stdin -shell=false locks/s /bin/cat");
        await using Running two = Start(agent, "lock -n=2 -pass-stdin -shell=false locks/s /bin/cat");
        await agent.UntilAsync("/v1/kv/locks/s/.lock?raw", body => body.Split(":true").Length == 3);
        await using Running three = Start(agent, "lock -n=2 -shell=false locks/s /bin/echo third");
        await SessionsAsync(agent, 3);
        await using Running other = Start(agent, "lock -n=3 -shell=false locks/s /bin/echo no");
        (int code, string output, string errors) = await other.EndAsync(s_deadline);
        Assert.Equal((1, ""), (code, output));
        Assert.Equal("Lock acquisition failed: semaphore limit conflict (lock: 2, local: 3)\n", errors);
        Assert.Equal("", three.Output);
        Assert.Equal((0, "", ""), await one.EndAsync(s_deadline));
        Assert.Equal((0, "third\n", ""), await three.EndAsync(s_deadline));
        Assert.Equal((0, "", ""), await two.EndAsync(s_deadline));
        await LeavesNoLockAsync(agent);
    }

    [SkippableTheory]
    [InlineData("theirs", "-type=key -key=app/a", "null", "\"Value\":\"MQ==\"", "\"Value\":\"Mg==\"")]
    [InlineData("ours", "-type=key -key=app/a", "null", "\"Value\":\"MQ==\"", "\"Value\":\"Mg==\"")]
    [InlineData("theirs", "-type=keyprefix -prefix=app/", "null", "[{\"Key\":\"app/a\"", "\"Value\":\"Mg==\"")]
    [InlineData("ours", "-type=keyprefix -prefix=app/", "null", "[{\"Key\":\"app/a\"", "\"Value\":\"Mg==\"")]
    public async Task Watch_OfKeys_RunsItsHandlerForEachChange(string whose, string watched, string none, string first, string second)
    {
        AgentProcess agent = await BeginAsync(whose);
        await using Running watch = Start(agent, $"watch {watched} -shell=false /bin/cat");
        await PrintsAsync(watch, none);
        await agent.ExpectAsync("PUT /v1/kv/app/a", "1");
        await PrintsAsync(watch, first);
        await agent.ExpectAsync("PUT /v1/kv/application", "3");
        await agent.ExpectAsync("PUT /v1/kv/app/a", "2");
        await PrintsAsync(watch, second);
        Assert.Equal(3, watch.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        await agent.ExpectAsync("DELETE /v1/kv/app/a");
        await Eventually.HoldsAsync(
            () => watch.Output.Split(none, StringSplitOptions.None).Length == 3, () => watch.Output + watch.Errors);
    }

    private static Task PrintsAsync(Running watch, string text) =>
        Eventually.HoldsAsync(() => watch.Output.Contains(text, StringComparison.Ordinal), () => watch.Output + watch.Errors);

    private static Task SessionsAsync(AgentProcess agent, int count) =>
        agent.UntilAsync("/v1/session/list", body => body.Split("\"ID\"").Length == count + 1);

    /// <summary>A command that gives up may leave its session to its end, and with it its key for a slot.</summary>
    // The command line ends its session beside ending itself, and whether the request still goes out is a race of its own: that one is
    // left says nothing of the agent.
    private static async Task LeavesNoLockAsync(AgentProcess agent)
    {
        Assert.DoesNotContain(".lock", await agent.ExpectAsync("GET /v1/kv/?keys"), StringComparison.Ordinal);
    }

    private static Running Start(AgentProcess agent, string line) => Running.Start(
        Peer.Require(Peer.Consul, "Consul 1.8.7"),
        line.Split(' '),
        new Dictionary<string, string> { ["CONSUL_HTTP_ADDR"] = agent.Address });

    private async Task<AgentProcess> BeginAsync(string whose)
    {
        await agents.BeginAsync();
        return whose == "ours" ? agents.Ours : agents.Theirs;
    }
}
