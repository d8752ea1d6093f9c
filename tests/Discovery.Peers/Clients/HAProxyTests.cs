using System.Net.Sockets;
using System.Text;
using Discovery.Peers.Http;
using Discovery.Peers.Processes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Discovery.Peers.Clients;

/// <summary>S9 of the talk's examples: HAProxy finds its servers by our DNS, without a template and without a restart.</summary>
[Trait("Kind", "RealSockets")]
public sealed class HAProxyTests(TwoAgents agents) : IClassFixture<TwoAgents>
{
    private static readonly string[] s_all = ["ts1", "ts2", "ts3"];

    [SkippableFact]
    public async Task S9_ServerTemplateOverDns_FollowsTheCatalog()
    {
        await agents.BeginAsync();
        string program = Peer.Require(Peer.HAProxy, "HAProxy");
        await using WebApplication one = await OriginAsync("ts1", "127.0.0.11");
        await using WebApplication two = await OriginAsync("ts2", "127.0.0.12");
        await using WebApplication three = await OriginAsync("ts3", "127.0.0.13");
        foreach ((WebApplication origin, string name) in new[] { one, two, three }.Zip(s_all))
        {
            Uri address = new(origin.Urls.Single());
            await agents.Ours.ExpectAsync("PUT /v1/agent/service/register", $$$"""
                {"ID":"{{{name}}}","Name":"timeservice","Port":{{{address.Port}}},"Address":"{{{address.Host}}}",
                 "Check":{"TTL":"10m","Status":"passing"}}
                """);
        }

        int listen = AgentPorts.One();
        string socket = Path.Combine(agents.Ours.Folder, "haproxy.sock");
        string file = Path.Combine(agents.Ours.Folder, "haproxy.cfg");
        await File.WriteAllTextAsync(file, Configuration(listen, agents.Ours.Ports.Dns, socket));
        await using Running haproxy = Running.Start(program, ["-db", "-f", file]);

        await ServesAsync(haproxy, listen, socket, s_all);
        await agents.Ours.ExpectAsync("PUT /v1/agent/check/fail/service:ts1");
        await ServesAsync(haproxy, listen, socket, ["ts2", "ts3"]);
        await agents.Ours.ExpectAsync("PUT /v1/agent/check/pass/service:ts1");
        await ServesAsync(haproxy, listen, socket, s_all);
        await agents.Ours.ExpectAsync("PUT /v1/agent/service/deregister/ts3");
        await ServesAsync(haproxy, listen, socket, ["ts1", "ts2"]);
    }

    private static async Task<WebApplication> OriginAsync(string name, string address)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        WebApplication app = builder.Build();
        app.Urls.Add($"http://{address}:0");
        app.MapGet("/now/", () => Results.Text($$"""{"origin":"{{name}}"}"""));
        await app.StartAsync();
        return app;
    }

    private static string Configuration(int listen, int dns, string socket) => $"""
        global
          stats socket {socket} mode 600 level admin
        defaults
          mode http
          timeout connect 5s
          timeout client 50s
          timeout server 50s
          retries 3
          option redispatch
        resolvers consul
          nameserver one 127.0.0.1:{dns}
          accepted_payload_size 8192
          timeout resolve 200ms
          timeout retry 200ms
          hold valid 200ms
          hold obsolete 500ms
        listen ts-service
          bind 127.0.0.1:{listen}
          balance roundrobin
          server-template ts 10 _timeservice._tcp.service.consul resolvers consul resolve-prefer ipv4 init-addr none

        """;

    /// <summary>Waits until exactly these origins have a server that is up, and each of them answers.</summary>
    private static async Task ServesAsync(Running haproxy, int listen, string socket, string[] origins)
    {
        string states = "";
        await Eventually.HoldsAsync(
            async () =>
            {
                states = await StatesAsync(socket);
                return states.Split('\n').Count(line => line.EndsWith(" UP", StringComparison.Ordinal)) == origins.Length;
            },
            () => states + haproxy.Output + haproxy.Errors);
        HashSet<string> seen = [];
        for (int request = 0; request < 4 * origins.Length; request++)
        {
            RawReply reply = await RawHttp.SendAsync(listen, new RawRequest("GET", "/now/", [], null), CancellationToken.None);
            Assert.True(reply.Status == 200, $"{reply.Status}\n{states}");
            seen.Add(reply.Text.Split('"')[3]);
        }

        Assert.Equal(origins, seen.Order(StringComparer.Ordinal));
    }

    /// <summary>One line for each slot of the template: its name, and UP if it has an address and is not in maintenance.</summary>
    private static async Task<string> StatesAsync(string path)
    {
        try
        {
            using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path));
            await using NetworkStream stream = new(socket);
            await stream.WriteAsync("show stat\n"u8.ToArray());
            using StreamReader reader = new(stream, Encoding.UTF8);
            string[][] rows = [.. (await reader.ReadToEndAsync()).Split('\n').Select(line => line.Split(','))];
            int status = Array.IndexOf(rows[0], "status");
            return string.Join('\n', rows.Skip(1).Where(row => row.Length > status && row[1].StartsWith("ts", StringComparison.Ordinal))
                .Select(row => $"{row[1]} {(row[status] is "UP" or "no check" ? "UP" : row[status])}"));
        }
        catch (SocketException error)
        {
            return error.Message;
        }
    }
}
