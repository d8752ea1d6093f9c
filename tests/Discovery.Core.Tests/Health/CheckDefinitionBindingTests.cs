using Microsoft.Extensions.Configuration;

namespace Discovery.Health;

public class CheckDefinitionBindingTests
{
    [Fact]
    public void Bind_ConfigurationKeys_FillsEveryKindOfProperty()
    {
        IConfigurationRoot configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Http"] = "http://x/", ["Interval"] = "00:00:05", ["Status"] = "warning", ["Header:X-A:0"] = "1", ["Header:X-A:1"] = "2",
            ["Args:0"] = "prog", ["Args:1"] = "-x",
            ["FailuresBeforeWarning"] = "2", ["H2PingUseTls"] = "false", ["OutputMaxSize"] = "10",
        }).Build();
        CheckDefinition definition = configuration.Get<CheckDefinition>(o => o.ErrorOnUnknownConfiguration = true)!;

        Assert.Equal(
            ("http://x/", TimeSpan.FromSeconds(5), CheckStatus.Warning), (definition.Http, definition.Interval, definition.Status));
        Assert.Equal(["1", "2"], definition.Header["x-a"]);
        Assert.Equal(["prog", "-x"], definition.Args);
        Assert.Equal((2, false, 10), (definition.FailuresBeforeWarning, definition.H2PingUseTls, definition.OutputMaxSize));
    }

    [Fact]
    public void Bind_UnknownKey_IsTold()
    {
        IConfigurationRoot configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["Htp"] = "http://x/" }).Build();

        Assert.Throws<InvalidOperationException>(() => configuration.Get<CheckDefinition>(o => o.ErrorOnUnknownConfiguration = true));
    }
}
