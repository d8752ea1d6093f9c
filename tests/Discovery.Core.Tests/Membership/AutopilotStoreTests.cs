using Discovery.Catalog;
using Discovery.DependencyInjection;
using Discovery.Testing;

namespace Discovery.Membership;

public sealed class AutopilotStoreTests
{
    private static readonly AutopilotConfiguration s_other = new()
    {
        CleanupDeadServers = false,
        LastContactThreshold = TimeSpan.FromMilliseconds(300),
        MaxTrailingLogs = ulong.MaxValue,
        MinQuorum = 3,
        ServerStabilizationTime = TimeSpan.FromSeconds(5),
        RedundancyZoneTag = "zone",
        DisableUpgradeMigration = true,
        UpgradeVersionTag = "version",
        CreateIndex = 77,
        ModifyIndex = 78,
    };

    [Fact]
    public void Current_NothingSet_IsTheDefault() => Run(async (node, store) =>
    {
        Assert.Equal(AutopilotConfiguration.Default, store.Current);
        Assert.Equal(AutopilotConfiguration.Default, (await store.ReadAsync()).Body);
        Assert.Equal((0UL, 0UL), (store.Current.CreateIndex, store.Current.ModifyIndex));
    });

    [Fact]
    public void SetAsync_Rules_AreThereWithIndexesOfTheLog() => Run(async (node, store) =>
    {
        Assert.True(await store.SetAsync(s_other));
        ulong first = node.Get<StateMachine>().Current.Index;
        Assert.Equal(s_other with { CreateIndex = first, ModifyIndex = first }, store.Current);

        // What holds already is set again, as in Consul.
        Assert.True(await store.SetAsync(s_other));
        QueryReply<AutopilotConfiguration> reply = await store.ReadAsync(new QueryOptions { Consistency = ReadConsistency.Consistent });
        Assert.Equal(s_other with { CreateIndex = first, ModifyIndex = first + 1 }, reply.Body);
        Assert.Equal(first + 1, reply.Index);
    });

    [Fact]
    public void SetAsync_IfModifyIndex_IsSetAtThatIndexOnly() => Run(async (node, store) =>
    {
        Assert.False(await store.SetAsync(s_other, 1));
        Assert.True(await store.SetAsync(s_other, 0));
        ulong index = store.Current.ModifyIndex;
        Assert.False(await store.SetAsync(AutopilotConfiguration.Default, 0));
        Assert.False(await store.SetAsync(AutopilotConfiguration.Default, index - 1));
        Assert.Equal(index, store.Current.ModifyIndex);
        Assert.True(await store.SetAsync(AutopilotConfiguration.Default, index));
        Assert.Equal(250UL, store.Current.MaxTrailingLogs);
    });

    [Fact]
    public void ReadAsync_Waiting_ReturnsWhenTheRulesChange() => Run(async (node, store) =>
    {
        await store.SetAsync(s_other);
        ulong index = (await store.ReadAsync()).Index;
        Task<QueryReply<AutopilotConfiguration>> waiting = store.ReadAsync(new QueryOptions { AfterIndex = index }).AsTask();
        await node.Get<CommandClient>().ExecuteAsync(SystemCommand.NoOperation, default, CallContext.Local);
        Assert.False(waiting.IsCompleted);
        await store.SetAsync(AutopilotConfiguration.Default);
        Assert.True((await waiting).Body.CleanupDeadServers);
    });

    [Fact]
    public void SetAsync_SenselessRules_AreRefusedAndSayWhy() => Run(async (_, store) =>
    {
        (AutopilotConfiguration, string)[] senseless =
        [
            (s_other with { LastContactThreshold = -TimeSpan.FromTicks(1) }, "LastContactThreshold is negative"),
            (s_other with { ServerStabilizationTime = -TimeSpan.FromTicks(1) }, "ServerStabilizationTime is negative"),
            (s_other with { RedundancyZoneTag = "\ud800" }, "RedundancyZoneTag is no text, or too long"),
            (s_other with { UpgradeVersionTag = new string('x', 1_000_000) }, "UpgradeVersionTag is no text, or too long"),
        ];
        foreach ((AutopilotConfiguration rules, string why) in senseless)
        {
            DiscoveryException refused = await Assert.ThrowsAsync<DiscoveryException>(() => store.SetAsync(rules).AsTask());
            Assert.Equal(
                (DiscoveryError.InvalidRequest, WriteOutcome.NotApplied, $"Invalid autopilot configuration: {why}."),
                (refused.Error, refused.WriteOutcome, refused.Message));
        }

        DiscoveryException foreign = await Assert.ThrowsAsync<DiscoveryException>(
            () => store.SetAsync(s_other, context: new CallContext { Datacenter = "dc2" }).AsTask());
        Assert.Equal(DiscoveryError.NoPathToDatacenter, foreign.Error);
        Assert.Equal(AutopilotConfiguration.Default, store.Current);
    });

    [Fact]
    public void Write_RulesAndCommand_GivesThePinnedBytes()
    {
        byte[] command = EncodedCatalog.Encode(SetAutopilotCommandCodec.Instance, new SetAutopilotCommand(s_other, 5));
        Assert.Equal(0x0028, AutopilotModule.SetId);
        Assert.Equal(
            "929ac2ce002dc6c0cfffffffffffffffff03ce02faf080a47a6f6e65c3a776657273696f6e4d4e05", Convert.ToHexStringLower(command));
        Assert.True(SetAutopilotCommandCodec.Instance.TryRead(command, out SetAutopilotCommand? read));
        Assert.Equal(new SetAutopilotCommand(s_other, 5), read);
        for (int length = 0; length < command.Length; length++)
        {
            Assert.False(SetAutopilotCommandCodec.Instance.TryRead(command.AsSpan(0, length), out _));
        }

        var always = new SetAutopilotCommand(AutopilotConfiguration.Default, null);
        Assert.True(SetAutopilotCommandCodec.Instance.TryRead(EncodedCatalog.Encode(SetAutopilotCommandCodec.Instance, always), out read));
        Assert.Equal(always, read);
    }

    [Fact]
    public void Operator_OfANodeAlone_IsItsOnlyVoterAndRefusesChanges() => Run(async (node, _) =>
    {
        IClusterOperator cluster = node.Get<IClusterOperator>();
        Guid id = node.Node.Id;
        ClusterConfiguration configuration = await cluster.ReadConfigurationAsync();
        Assert.Equal([new ClusterServer(id, "n1", "10.0.0.1:8300", ServerRole.Voter, true)], configuration.Servers);
        Assert.Equal((0UL, false), (configuration.Index, configuration.IsChanging));
        ClusterHealth health = await cluster.ReadHealthAsync();
        ServerHealth own = Assert.Single(health.Servers);
        Assert.Equal((true, 0, true, TimeSpan.Zero), (health.IsHealthy, health.FailureTolerance, own.IsHealthy, own.LastContact));
        Assert.Equal((1L, node.Get<StateMachine>().Current.Index), (own.LastTerm, own.LastIndex));

        Func<Task>[] changes =
        [
            () => cluster.RemoveServerAsync(id).AsTask(), () => cluster.TransferLeadershipAsync().AsTask(),
            () => cluster.LeaveAsync().AsTask(), () => cluster.RecoverAsync("test").AsTask(),
        ];
        foreach (Func<Task> change in changes)
        {
            DiscoveryException refused = await Assert.ThrowsAsync<DiscoveryException>(change);
            Assert.Equal((DiscoveryError.InvalidRequest, WriteOutcome.NotApplied), (refused.Error, refused.WriteOutcome));
            Assert.StartsWith("The servers cannot be changed: node n1 keeps its log alone, without AddRaft, and ", refused.Message);
        }

        await cluster.LeaveOthersAsync();
        Assert.Equal(id, Assert.Single(cluster.Configuration.Servers).NodeId);
        DiscoveryException missing = await Assert.ThrowsAsync<DiscoveryException>(
            () => cluster.RemoveServerAsync(Guid.Empty).AsTask());
        Assert.Equal(DiscoveryError.NotFound, missing.Error);
    });

    private static void Run(Func<TestNode, IAutopilotStore, Task> test)
    {
        var kernel = new SimulationKernel(1);
        kernel.Run(async () =>
        {
            await using var node = new TestNode(kernel);
            await node.StartAsync();
            await test(node, node.Get<IAutopilotStore>());
        });
    }
}
