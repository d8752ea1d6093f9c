using Discovery.Health;

namespace Discovery.Catalog;

public sealed class CatalogExplainTests
{
    [Fact]
    public void P8_EachCauseOfTheScripts_HasTheReasonOfTheTable() => CatalogTestData.Check("explain.txt", new CatalogScript().Run);

    [Fact]
    public void P8_ScriptsOfEveryCause_ShowEveryReasonCode()
    {
        string text = File.ReadAllText(HealthTestData.PathOf(Path.Combine("..", "Catalog", "testdata", "explain.txt")));
        Assert.All(Enum.GetNames<ExplainReason>(), code => Assert.Contains(code + ":", text));
    }

    [Fact]
    public void ExplainReason_Codes_AreStable() => Assert.Equal(
        "Returned=0 UnknownService=1 UnknownInstance=2 CheckCritical=3 CheckWarning=4 NodeCheckCritical=5 NodeCheckWarning=6 "
        + "ServiceMaintenance=7 NodeMaintenance=8 Draining=9 TagMissing=10 NodeMetaMissing=11 FilterRejected=12 Deregistered=13 "
        + "DeregisteredCritical=14 AgentStopped=15 NodeRemoved=16 UnknownToAgent=17 Renamed=18",
        string.Join(' ', Enum.GetValues<ExplainReason>().Select(static code => FormattableString.Invariant($"{code}={(int)code}"))));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void ExplainAsync_RandomHistoryAndQueries_NeverContradictsTheQuery(int seed)
    {
        var harness = new CatalogHarness(seed);
        var history = new CatalogHistory(seed);
        Random random = harness.Kernel.CreateRandom();
        harness.Kernel.Run(async () =>
        {
            for (int i = 0; i < 1500; i++)
            {
                Task applied = history.Next() switch
                {
                    RegisterCommand register => harness.ProposeAsync(register),
                    object other => harness.ExecuteAsync((DeregisterCommand)other),
                };
                await applied;
                ServiceQuery query = RandomQuery(random);
                ServiceExplanation explanation = await harness.Catalog.ExplainAsync(query);
                IReadOnlyList<ServiceInstance> returned = (await harness.Catalog.QueryAsync(query)).Body;
                Assert.Equal(
                    returned.Select(static one => new RowKey(one.Node.Name, one.Id)),
                    explanation.Instances.Where(static one => one.IsReturned).Select(static one => new RowKey(one.Node, one.ServiceId)));
                Assert.Equal(returned.Count > 0, explanation.Reason == ExplainReason.Returned);
                Assert.All(explanation.Instances, static one =>
                    Assert.Equal(one.IsReturned, one.Reasons is [{ Reason: ExplainReason.Returned }]));
                Assert.All(explanation.Instances, static one => Assert.NotEmpty(one.Reasons));
                Assert.Equal(
                    harness.Catalog.Find(query.Service).All.Count,
                    explanation.Instances.Count(static one => one.Instance is not null));
            }
        });
    }

    [Fact]
    public void ExplainAsync_InstanceOfThisNodesAgent_HasTheHistoryOfItsChecksAndWhenItWillGo()
    {
        var owner = new FakeOwner();
        var harness = new CatalogHarness(owner: owner);
        harness.Kernel.Run(async () =>
        {
            await harness.ExecuteAsync(Make.Register("n1", "web1", "web") with
            {
                Owner = "n1", Checks = [Make.Check("n1", "http", CheckStatus.Critical, "web1")],
            });
            await harness.ExecuteAsync(Make.Register("n2", "web2", "web") with { Owner = "n2" });
            ServiceExplanation explanation = await harness.Catalog.ExplainAsync(
                new ServiceQuery("web") { Health = HealthFilter.Available });
            Assert.Equal(["n1", "n2"], explanation.Instances.Select(static one => one.Owner));
            Assert.Equal(owner.History, explanation.Instances[0].Checks[0].History);
            Assert.Equal([owner.DeregisterAt, null], explanation.Instances.Select(static one => one.DeregisterAt));
            Assert.Equal(harness.State.Current.Position, explanation.Position);
        });
    }

    [Theory]
    [InlineData("_service_maintenance:web1", "web1", "", "disk swap", ExplainReason.ServiceMaintenance, "disk swap")]
    [InlineData("_node_maintenance", "", "", "new kernel", ExplainReason.NodeMaintenance, "new kernel")]
    [InlineData("http", "web1", "503", "asks for the front page", ExplainReason.CheckCritical, "503")]
    public void ExplainAsync_CriticalCheck_SaysTheReasonThatSomebodyGave(
        string checkId, string serviceId, string output, string notes, ExplainReason reason, string told)
    {
        var harness = new CatalogHarness();
        harness.Kernel.Run(async () =>
        {
            CatalogCheck check = Make.Check("n1", checkId, CheckStatus.Critical, serviceId) with { Output = output, Notes = notes };
            await harness.ExecuteAsync(Make.Register("n1", "web1", "web") with { Checks = [check] });
            ServiceExplanation explanation = await harness.Catalog.ExplainAsync(
                new ServiceQuery("web") { Health = HealthFilter.Available });

            Assert.Equal([new ExplainedReason(reason, $"Check \"{checkId}\" is critical: {told}")], explanation.Instances[0].Reasons);
        });
    }

    private static ServiceQuery RandomQuery(Random random) => new(CatalogHistory.Services[random.Next(4)])
    {
        Health = (HealthFilter)random.Next(3),
        Tags = random.Next(3) == 0 ? ["v1"] : [],
        NodeMeta = random.Next(4) == 0 ? [new("rack", "a")] : [],
        Filter = random.Next(4) == 0 ? "Service.Port == 80 or Checks.Status == critical" : null,
    };
}
