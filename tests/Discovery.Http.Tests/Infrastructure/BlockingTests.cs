using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;

namespace Discovery.Infrastructure;

/// <summary>Every endpoint that blocks, with a write that it must not see and one that it must.</summary>
[Trait("Kind", "RealSockets")]
public sealed class BlockingTests
{
    private const string Unseen = """{"Node":"b","Address":"10.0.0.2","Service":{"ID":"other-1","Service":"other","Port":99}}""";

    public static TheoryData<string, string, string> Endpoints => new()
    {
        { "/v1/catalog/nodes", Check("b", "critical"), """{"Node":"c","Address":"10.0.0.3"}""" },
        { "/v1/catalog/services", Check("a", "critical"), Service("new") },
        { "/v1/catalog/services?node-meta=k:v", Check("a", "critical"), Service("new") },
        { "/v1/catalog/service/web", Unseen, Service("web", 81) },
        { "/v1/catalog/service/web?tag=v1", Unseen, Service("web", 81) },
        { "/v1/catalog/service/web?filter=ServicePort%3D%3D81", Service("web", 82), Service("web", 81) },
        { "/v1/catalog/service/none", Service("web", 81), Service("none") },
        { "/v1/catalog/node/a", Unseen, Service("web", 81) },
        { "/v1/catalog/node/none", Unseen, """{"Node":"none","Address":"10.0.0.4"}""" },
        { "/v1/catalog/node-services/a", Unseen, Service("web", 81) },
        { "/v1/health/service/web", Unseen, Check("a", "critical") },
        { "/v1/health/service/web?passing", Unseen, Check("a", "critical") },
        { "/v1/health/service/web?node-meta=k:v", Unseen, Check("a", "warning") },
        { "/v1/health/node/a", Unseen, Check("a", "critical") },
        { "/v1/health/checks/web", Check("b", "critical"), Check("a", "critical", "web-1") },
        { "/v1/health/state/any", Unseen, Check("b", "critical") },
        { "/v1/health/state/critical", Check("b", "warning"), Check("b", "critical") },
    };

    [Theory]
    [MemberData(nameof(Endpoints))]
    public async Task P16_Block_AcrossAWriteThatDoesNotShow_IsReleasedByTheOneThatDoes(string target, string unseen, string seen)
    {
        long spurious = 0;
        using var listener = new MeterListener();
        await using ApiHost host = await StartAsync();
        listener.InstrumentPublished = (instrument, own) =>
        {
            if (instrument.Name == "discovery.core.query.spurious")
            {
                own.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, count, _, _) => Interlocked.Add(ref spurious, count));
        listener.Start();
        RawReply before = await host.SendAsync(target);
        ulong index = IndexOf(before);
        Assert.True(index > 0, "clients take 0 as no index");

        Task<RawReply> blocked = host.SendAsync(With(target, $"index={index}&wait=10m"));
        await host.BlockedAsync(1);
        await host.RegisterAsync(unseen);
        await host.RegisterAsync(seen);
        RawReply after = await blocked;

        RawReply now = await host.SendAsync(target);
        Assert.Equal((200, now.Text), (after.Status, after.Text));
        Assert.NotEqual(before.Text, after.Text);
        Assert.True(IndexOf(after) > index, "the index has passed");
        Assert.Equal(0, Interlocked.Read(ref spurious));
    }

    [Theory]
    [InlineData("/v1/catalog/service/web")]
    [InlineData("/v1/health/state/weird")]
    [InlineData("/v1/health/connect/web")]
    [InlineData("/v1/health/ingress/web")]
    [InlineData("/v1/catalog/gateway-services/web")]
    [InlineData("/v1/coordinate/nodes")]
    public async Task Block_UntilTheTimeIsOver_Is200WithTheBodyThatIsThere(string target)
    {
        await using ApiHost host = await StartAsync();
        RawReply before = await host.SendAsync(target);

        RawReply after = await host.SendAsync(With(target, "index=1000000&wait=1ms"));

        Assert.Equal((200, before.Text, IndexOf(before)), (after.Status, after.Text, IndexOf(after)));
    }

    [Theory]
    [InlineData("index=0&wait=10m")]
    [InlineData("wait=10m")]
    [InlineData("index=&wait=10m")]
    [InlineData("index=1&wait=10m")]
    public async Task Read_WithoutAnIndexToPass_IsAnsweredAtOnce(string parameters)
    {
        await using ApiHost host = await StartAsync();

        Assert.Equal(200, (await host.SendAsync($"/v1/catalog/services?{parameters}")).Status);
    }

    [Fact]
    public async Task Block_OfManyOnOneService_GetTheSameBytes()
    {
        await using ApiHost host = await StartAsync();
        ulong index = IndexOf(await host.SendAsync("/v1/health/service/web"));
        string target = $"/v1/health/service/web?index={index}&wait=10m";
        Task<RawReply>[] polls = [.. Enumerable.Range(0, 200).Select(_ => host.SendAsync(target))];
        await host.BlockedAsync(polls.Length);

        await host.RegisterAsync(Service("web", 4711));

        RawReply[] replies = await Task.WhenAll(polls);
        Assert.Single(replies.Select(static reply => (reply.Text, IndexOf(reply))).Distinct());
        Assert.Contains("\"Port\":4711", replies[0].Text, StringComparison.Ordinal);
    }

    private static async Task<ApiHost> StartAsync()
    {
        ApiHost host = await ApiHost.StartAsync();
        await host.RegisterAsync(Service("web"));
        await host.RegisterAsync("""{"Node":"b","Address":"10.0.0.2"}""");
        await host.RegisterAsync(Check("b", "passing"));
        return host;
    }

    private static string Service(string name, int port = 80) =>
        """{"Node":"a","Address":"10.0.0.1","NodeMeta":{"k":"v"}"""
        + $$$""","Service":{"ID":"{{{name}}}-1","Service":"{{{name}}}","Tags":["v1"],"Port":{{{port}}}}}""";

    private static string Check(string node, string status, string service = "") =>
        $$$"""{"Node":"{{{node}}}","SkipNodeUpdate":true"""
        + $$$""","Check":{"CheckID":"c{{{service}}}","Name":"c","Status":"{{{status}}}","ServiceID":"{{{service}}}"}}""";

    private static string With(string target, string parameters) =>
        target + (target.Contains('?', StringComparison.Ordinal) ? '&' : '?') + parameters;

    private static ulong IndexOf(RawReply reply) => ulong.Parse(reply["X-Consul-Index"], CultureInfo.InvariantCulture);
}
