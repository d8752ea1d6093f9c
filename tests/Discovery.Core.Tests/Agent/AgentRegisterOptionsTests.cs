namespace Discovery.Agent;

/// <summary>What a registration says of names, of earlier checks, and of how to wait for the next change.</summary>
public sealed class AgentRegisterOptionsTests
{
    private static readonly AgentRegisterOptions s_any = new() { NameRule = NameRule.Any };

    [Theory]
    [InlineData(ChecksOfBefore.ReplaceDeclared, "added new")]
    [InlineData(ChecksOfBefore.Keep, "added new old")]
    [InlineData(ChecksOfBefore.Replace, "new")]
    public void RegisterServiceAsync_Again_TreatsEarlierChecksAsSaid(ChecksOfBefore others, string expected) => Run(async node =>
    {
        LocalAgent agent = node.Agent;
        await agent.RegisterServiceAsync(AgentFixture.Service("web", AgentFixture.Ttl("old")));
        await agent.RegisterCheckAsync(AgentFixture.Ttl("added"), "web");
        await agent.RegisterServiceAsync(
            AgentFixture.Service("web", AgentFixture.Ttl("new")), new AgentRegisterOptions { ChecksOfBefore = others });

        Assert.Equal(expected, string.Join(' ', agent.Checks.Select(static c => c.Check.CheckId)));
        Assert.Equal(expected, string.Join(' ', node.Rows.Checks.Keys.Order(StringComparer.Ordinal)));
    });

    [Fact]
    public void RegisterServiceAsync_Again_KeepsStatusAndOutputOfMatchingChecks() => Run(async node =>
    {
        await node.Agent.RegisterServiceAsync(AgentFixture.Service("web", AgentFixture.Ttl()), s_any);
        await node.Agent.UpdateCheckAsync("service:web", CheckStatus.Passing, "fine");
        await node.Agent.RegisterServiceAsync(
            new ServiceRegistration { Name = "web", Port = 81, Checks = { AgentFixture.Ttl() } },
            s_any with { ChecksOfBefore = ChecksOfBefore.Replace });

        Assert.Equal(["n1 web web:81 []", "n1 web/service:web Passing fine"], node.Show());
    });

    [Theory]
    [InlineData("my_service")]
    [InlineData("a.b c/d")]
    [InlineData("ü")]
    public void RegisterServiceAsync_NamesThatDnsCannotCarry_AreTakenWhenSaid(string name) => Run(async node =>
    {
        DiscoveryException e = await Assert.ThrowsAsync<DiscoveryException>(
            async () => await node.Agent.RegisterServiceAsync(AgentFixture.Service(name)));
        await node.Agent.RegisterServiceAsync(AgentFixture.Service(name), s_any);

        Assert.Equal(DiscoveryError.InvalidRequest, e.Error);
        Assert.Equal([$"n1 {name} {name}:80 []"], node.Show());
    });

    [Fact]
    public void RegisterServiceAsync_CheckOfAnotherService_IsTakenByConsulsRuleOnly() => Run(async node =>
    {
        LocalAgent agent = node.Agent;
        await agent.RegisterServiceAsync(AgentFixture.Service("a", AgentFixture.Ttl("c"), AgentFixture.Ttl("d")));
        await agent.UpdateCheckAsync("c", CheckStatus.Passing, "fine");
        DiscoveryException e = await Assert.ThrowsAsync<DiscoveryException>(
            async () => await agent.RegisterServiceAsync(AgentFixture.Service("b", AgentFixture.Ttl("c"))));
        await agent.RegisterServiceAsync(AgentFixture.Service("b", AgentFixture.Ttl("c")), s_any);
        await agent.RegisterCheckAsync(AgentFixture.Ttl("d"), null, s_any);
        string[] taken = node.Show();
        await agent.UpdateCheckAsync("c", CheckStatus.Warning, "so so");
        await agent.DeregisterServiceAsync("a");

        Assert.Equal(DiscoveryError.InvalidRequest, e.Error);
        Assert.Equal(["n1 a a:80 []", "n1 b b:80 []", "n1 b/c Critical", "n1 /d Critical"], taken);
        Assert.Equal(["n1 b b:80 []", "n1 b/c Warning so so", "n1 /d Critical"], node.Show());
    });

    [Fact]
    public void SetServiceMaintenanceAsync_Twice_KeepsTheFirstReason() => Run(async node =>
    {
        await node.Agent.RegisterServiceAsync(AgentFixture.Service("web"));
        await node.Agent.SetServiceMaintenanceAsync("web", MaintenanceMode.On, "first");
        await node.Agent.SetServiceMaintenanceAsync("web", MaintenanceMode.On, "second");

        Assert.Equal("first", node.Rows.Checks["_service_maintenance:web"].Notes);
    });

    [Fact]
    public void WaitForChangeAsync_ChangeOfTheServiceOnly_Ends() => Run(async node =>
    {
        LocalAgent agent = node.Agent;
        ValueTask<AgentService?> first = agent.WaitForChangeAsync("web", null);
        bool isEarly = first.IsCompleted;
        await agent.RegisterServiceAsync(AgentFixture.Service("web", AgentFixture.Ttl()));
        AgentService? registered = await first;

        ValueTask<AgentService?> second = agent.WaitForChangeAsync("web", registered);
        await agent.UpdateCheckAsync("service:web", CheckStatus.Passing);
        await agent.RegisterServiceAsync(AgentFixture.Service("other"));
        await agent.RegisterServiceAsync(AgentFixture.Service("web", AgentFixture.Ttl()));
        bool isSpurious = second.IsCompleted;
        await agent.RegisterServiceAsync(new ServiceRegistration { Name = "web", Port = 81 });
        AgentService? changed = await second;
        AgentService? late = await agent.WaitForChangeAsync("web", registered);
        ValueTask<AgentService?> third = agent.WaitForChangeAsync("web", changed);
        await agent.DeregisterServiceAsync("web");

        Assert.False(isEarly);
        Assert.False(isSpurious);
        Assert.Equal((80, 81, 81), (registered!.Service.Port, changed!.Service.Port, late!.Service.Port));
        Assert.Null(await third);
        Assert.Null(agent.FindService("web"));
    });

    [Fact]
    public void WaitForChangeAsync_GivenUpOrStopped_Ends() => Run(async node =>
    {
        using var patience = new CancellationTokenSource();
        ValueTask<AgentService?> givenUp = node.Agent.WaitForChangeAsync("web", null, patience.Token);
        ValueTask<AgentService?> stopped = node.Agent.WaitForChangeAsync("web", null);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await givenUp);
        await node.Agent.StopAsync(leave: false);

        DiscoveryException e = await Assert.ThrowsAsync<DiscoveryException>(async () => await stopped);
        Assert.Equal(DiscoveryError.Stopped, e.Error);
    });

    private static void Run(Func<AgentFixture, Task> body)
    {
        var node = new AgentFixture();
        node.Run(async () =>
        {
            await node.StartAgentAsync();
            await body(node);
        });
    }
}
