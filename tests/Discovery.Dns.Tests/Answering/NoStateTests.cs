using Discovery.Support;
using Discovery.Testing;
using Discovery.Wire;
using Microsoft.Extensions.DependencyInjection;

namespace Discovery.Answering;

/// <summary>A node that keeps no state: it cannot say that a name does not exist.</summary>
public sealed class NoStateTests
{
    [Theory]
    [InlineData("web.service.consul", "A")]
    [InlineData("web.service.consul", "SRV")]
    [InlineData("foo.node.consul", "A")]
    [InlineData("1.0.0.127.in-addr.arpa", "PTR")]
    [InlineData("consul", "SOA")]
    [InlineData("consul", "NS")]
    public void Answer_OnANodeThatKeepsNoState_IsAServerFailure(string name, string type)
    {
        var services = new ServiceCollection();
        services.AddSingleton(new SimulationKernel().CreateRuntime());
        services.AddDiscovery();
        using ServiceProvider provider = services.BuildServiceProvider();
        IServiceCatalog catalog = provider.GetRequiredService<IServiceCatalog>();
        provider.GetRequiredService<StateMachine>().KeepNoState(static () => new DiscoveryException(DiscoveryError.Witness, "a witness"));
        foreach (bool hasQuirks in (bool[])[false, true])
        {
            var settings = new DnsSettings(new DnsOptions { Consul187Quirks = hasQuirks }, "dc1");
            var responder = new TestResponder(catalog, settings, seed: 1);
            AnswerResult result = responder.Answer(QueryBuilder.Make(name, type));
            Assert.Equal((AnswerKind.Reply, DnsRcode.ServFail), (result.Kind, result.Rcode));
            Assert.Empty(new ParsedMessage(responder.Bytes(result)).Answers);
        }
    }
}
