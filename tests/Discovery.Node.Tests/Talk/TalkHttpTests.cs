using System.Net;
using System.Text;
using System.Text.Json;
using Discovery.Node.Hosting;

namespace Discovery.Node.Talk;

/// <summary>The talk's example of the HTTP API: H1 to H5.</summary>
[Trait("Kind", "RealSockets")]
[Collection("Processes")]
public sealed class TalkHttpTests : IDisposable
{
    private readonly NodeFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SkippableFact]
    public async Task H_ServiceOfAFileAndServiceOverHttp_AreShownAndFound()
    {
        await using NodeProcess node = await NodeProcess.StartAsync(
            _folder.Path, $"-config-file={NodeFolder.Talk("http_api.json")}", "-data-dir=data", "-bind=127.0.0.1", "-node=h1");

        JsonElement example = Assert.Single(await ReadAsync<JsonElement[]>(node, "catalog/service/example"));
        Assert.Equal(
            ("example", "example", "127.0.0.1", 3456, "h1", "127.0.0.1", "dc1", "{}"),
            (Text(example, "ServiceID"), Text(example, "ServiceName"), Text(example, "ServiceAddress"),
                example.GetProperty("ServicePort").GetInt32(), Text(example, "Node"), Text(example, "Address"), Text(example, "Datacenter"),
                example.GetProperty("ServiceMeta").GetRawText()));
        Assert.Equal("[\"special\"]", example.GetProperty("ServiceTags").GetRawText());
        Assert.Equal("{\"Passing\":1,\"Warning\":1}", example.GetProperty("ServiceWeights").GetRawText());
        Assert.Equal(
            "{\"Address\":\"127.0.0.1\",\"Port\":3456}",
            example.GetProperty("ServiceTaggedAddresses").GetProperty("lan_ipv4").GetRawText());

        Assert.Equal(
            "{\"consul\":[],\"example\":[\"special\"]}",
            await node.Http.GetStringAsync(new Uri("catalog/services", UriKind.Relative)));

        string file = await File.ReadAllTextAsync(NodeFolder.Talk("service.json"));
        Assert.Equal((HttpStatusCode.OK, ""), await PutAsync(node, file));

        JsonElement agent = (await ReadAsync<JsonElement>(node, "agent/services")).GetProperty("example2");
        Assert.Equal(
            ("example2", "example2", 8000, "127.0.0.1", "{}", false),
            (Text(agent, "ID"), Text(agent, "Service"), agent.GetProperty("Port").GetInt32(), Text(agent, "Address"),
                agent.GetProperty("Meta").GetRawText(), agent.GetProperty("EnableTagOverride").GetBoolean()));
        Assert.Contains(
            " IN SRV 1 1 8000 ", await Dig.AskAsync(node.DnsPort, "specific.example2.service.consul", "SRV"), StringComparison.Ordinal);

        (HttpStatusCode code, _) = await PutAsync(node, file.Replace("8000 }", "8000, }", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.BadRequest, code);
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private static async Task<T> ReadAsync<T>(NodeProcess node, string path) =>
        JsonSerializer.Deserialize<T>(await node.Http.GetStringAsync(new Uri(path, UriKind.Relative)))!;

    private static async Task<(HttpStatusCode Code, string Body)> PutAsync(NodeProcess node, string json)
    {
        using var content = new StringContent(json, Encoding.UTF8);
        using HttpResponseMessage reply = await node.Http.PutAsync(new Uri("agent/service/register", UriKind.Relative), content);
        return (reply.StatusCode, await reply.Content.ReadAsStringAsync());
    }
}
