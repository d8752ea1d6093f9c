namespace Discovery.Agent;

/// <summary>Texts that UTF-8 cannot carry: the row in the catalog would never equal the agent's, and the agent write it for ever.</summary>
public class AgentTextTests
{
    private const string Half = "a\uD800b";

    [Fact]
    public void RegisterService_HalfSurrogatePairs_IsRefusedWithEveryField()
    {
        var node = new AgentFixture();
        node.Run(async () =>
        {
            await node.StartAgentAsync();
            ServiceRegistration web = AgentFixture.Service("web", AgentFixture.Ttl());
            web.Id = Half;
            web.Address = Half;
            web.Tags.Add(Half);
            web.Meta["k"] = Half;
            web.Checks[0].Notes = Half;
            web.Checks[0].Name = Half;
            ulong before = node.State.Index;
            DiscoveryException e = await Assert.ThrowsAsync<DiscoveryException>(() => node.Agent.RegisterServiceAsync(web).AsTask());
            foreach (string field in new[] { "Id", "Tags[0]", "Meta[k]", "Checks[0].Notes", "Checks[0].Name" })
            {
                Assert.Contains($"{field}: has half a surrogate pair, which is no character", e.Message, StringComparison.Ordinal);
            }

            Assert.Contains("Address: \"a\uFFFDb\" is neither", e.Message, StringComparison.Ordinal);
            Assert.Equal(before, node.State.Index);
        });
    }

    [Fact]
    public void Outputs_HalfSurrogatePairs_AreMendedAndWrittenOnce()
    {
        var node = new AgentFixture();
        node.OnRun = static _ => CheckResult.Warning(Half);
        node.Run(async () =>
        {
            await node.StartAgentAsync();
            await node.Agent.RegisterServiceAsync(AgentFixture.Service("web", AgentFixture.Ttl("own"), AgentFixture.Http("http", 1)));
            await node.Agent.UpdateCheckAsync("own", CheckStatus.Passing, Half);
            await node.Agent.SetNodeMaintenanceAsync(MaintenanceMode.On, Half);
            await node.AdvanceAsync(5);
            Assert.Equal("a\uFFFDb", node.Rows.Checks["own"].Output);
            Assert.Equal("a\uFFFDb", node.Rows.Checks["http"].Output);
            Assert.Equal("a\uFFFDb", node.Rows.Checks["_node_maintenance"].Notes);
            ulong before = node.State.Index;
            await node.AdvanceAsync(50);
            Assert.Equal(before, node.State.Index);
        });
    }

    [Fact]
    public void RegisterCheck_LongTexts_AreRefusedOrCut()
    {
        var node = new AgentFixture();
        node.Run(async () =>
        {
            await node.StartAgentAsync();
            CheckDefinition check = AgentFixture.Ttl("own");
            check.Name = new string('n', 256);
            check.Notes = new string('n', 65_537);
            DiscoveryException e = await Assert.ThrowsAsync<DiscoveryException>(() => node.Agent.RegisterCheckAsync(check).AsTask());
            Assert.Equal(
                "The check \"own\" is invalid: Name: is 256 characters long, at most 255 are allowed; "
                + "Notes: is 65537 characters long, at most 65536 are allowed.",
                e.Message);
            await node.Agent.SetNodeMaintenanceAsync(MaintenanceMode.On, new string('r', 1_000_000));
            Assert.Equal(4096, node.Rows.Checks["_node_maintenance"].Notes.Length);
        });
    }
}
