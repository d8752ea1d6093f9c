using System.Collections;
using System.Reflection;

namespace Discovery.Agent;

public class AgentPartsTests
{
    [Fact]
    public void Options_Defaults_AreValid() => Assert.True(new AgentOptionsValidator().Validate(null, new AgentOptions()).Succeeded);

    [Fact]
    public void Options_Wrong_TellsEveryFailure()
    {
        var options = new AgentOptions
        {
            SyncInterval = TimeSpan.Zero,
            RetryDelayFirst = TimeSpan.FromSeconds(20),
            RetryDelayMax = TimeSpan.FromDays(2),
            ConcurrentWritesMax = 0,
        };
        Assert.Equal(
            [
                "AgentOptions.SyncInterval: must be greater than zero and at most 1.00:00:00, is 00:00:00",
                "AgentOptions.RetryDelayMax: must be greater than zero and at most 1.00:00:00, is 2.00:00:00",
                "AgentOptions.ConcurrentWritesMax: must be at least 1, is 0",
            ],
            new AgentOptionsValidator().Validate(null, options).Failures!);
        options.RetryDelayMax = TimeSpan.FromSeconds(1);
        Assert.Contains(
            "AgentOptions.RetryDelayMax: must not be less than RetryDelayFirst (00:00:20), is 00:00:01",
            new AgentOptionsValidator().Validate(null, options).Failures!);
    }

    [Fact]
    public void CheckDefinition_Copy_HasEverythingAndSharesNoCollection()
    {
        var original = new CheckDefinition { Args = ["a", "b"] };
        original.Header["X"] = ["1"];
        foreach (PropertyInfo property in typeof(CheckDefinition).GetProperties().Where(static p => p.CanWrite))
        {
            if (property.PropertyType == typeof(string))
            {
                property.SetValue(original, property.Name);
            }
            else if (property.PropertyType == typeof(TimeSpan?))
            {
                property.SetValue(original, TimeSpan.FromSeconds(property.Name.Length));
            }
        }

        CheckDefinition copy = original.Copy();
        foreach (PropertyInfo property in typeof(CheckDefinition).GetProperties())
        {
            object? value = property.GetValue(original);
            Assert.Equal(value, property.GetValue(copy));
            Assert.False(value is IEnumerable and not string && ReferenceEquals(value, property.GetValue(copy)), property.Name);
        }

        copy.Header["X"].Add("2");
        Assert.Equal(["1"], original.Header["X"]);
    }

    [Fact]
    public void CheckIds_OfAService_AreConsuls()
    {
        var node = new AgentFixture();
        node.Run(async () =>
        {
            LocalAgent agent = await node.StartAgentAsync();
            await agent.RegisterServiceAsync(AgentFixture.Service("one", AgentFixture.Ttl()));
            await agent.RegisterServiceAsync(AgentFixture.Service("two", AgentFixture.Ttl(), AgentFixture.Ttl("own"), AgentFixture.Ttl()));
            await agent.RegisterCheckAsync(new CheckDefinition { Name = "Disk", Ttl = TimeSpan.FromHours(1) });
            Assert.Equal(
                ["Disk Disk", "own Service 'two' check", "service:one Service 'one' check", "service:two:1 Service 'two' check",
                    "service:two:3 Service 'two' check"],
                agent.Checks.Select(static one => $"{one.Check.CheckId} {one.Check.Name}"));
        });
    }

    [Fact]
    public void RegisterService_DefinitionChangedAfterwards_HasNoEffect()
    {
        var node = new AgentFixture();
        node.Run(async () =>
        {
            LocalAgent agent = await node.StartAgentAsync();
            CheckDefinition check = AgentFixture.Ttl("t");
            await agent.RegisterServiceAsync(AgentFixture.Service("web", check));
            check.CheckId = "other";
            check.Ttl = TimeSpan.FromSeconds(1);
            AgentCheck kept = Assert.Single(agent.Checks);
            Assert.Equal(("t", TimeSpan.FromHours(1)), (kept.Definition!.CheckId, kept.Definition.Ttl));
        });
    }
}
