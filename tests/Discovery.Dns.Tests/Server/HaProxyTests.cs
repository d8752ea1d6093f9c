using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Discovery.Support;

namespace Discovery.Server;

/// <summary>HAProxy with server-template, as operators run it beside Consul.</summary>
[Trait("Kind", "RealSockets")]
[Trait("Kind", "Peer")]
public sealed class HaProxyTests
{
    [SkippableFact]
    public async Task ServerTemplate_ServicesComeAndFail_AreUpWithAddressAndPortAndGo()
    {
        Skip.IfNot(File.Exists("/usr/sbin/haproxy"), "HAProxy is not installed (eng/peers.sh)");
        await using DnsHost host = await DnsHost.StartAsync(hasCatalogF: false);
        for (int i = 1; i <= 3; i++)
        {
            await host.Catalog.RegisterAsync(Instance(i, CheckStatus.Passing));
        }

        string folder = Directory.CreateTempSubdirectory("discovery-dns-haproxy-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "haproxy.cfg"), Configuration(folder, host.Endpoint.Port));
        using Process proxy = Process.Start(new ProcessStartInfo("/usr/sbin/haproxy", ["-db", "-f", Path.Combine(folder, "haproxy.cfg")])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        try
        {
            await WaitForAsync(folder, "10.50.0.1:18081 10.50.0.2:18082 10.50.0.3:18083");
            await host.Catalog.RegisterAsync(Instance(2, CheckStatus.Critical));
            await WaitForAsync(folder, "10.50.0.1:18081 10.50.0.3:18083");
            await host.Catalog.RegisterAsync(Instance(2, CheckStatus.Passing));
            await WaitForAsync(folder, "10.50.0.1:18081 10.50.0.2:18082 10.50.0.3:18083");
        }
        finally
        {
            proxy.Kill();
            await proxy.WaitForExitAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static bool IsInMaintenance(string state) => (int.Parse(state, CultureInfo.InvariantCulture) & 32) != 0;

    private static CatalogRegistration Instance(int i, CheckStatus status) => new()
    {
        Node = $"ts-{i}",
        Address = $"10.50.0.{i}",
        Service = new ServiceRegistration { Id = $"ts{i}", Name = "timeservice", Port = 18_080 + i },
        Checks = { new CatalogCheckRegistration { CheckId = "alive", Name = "alive", ServiceId = $"ts{i}", Status = status } },
    };

    private static string Configuration(string folder, int port) => $"""
        global
          stats socket {folder}/admin.sock mode 600 level admin
        defaults
          mode tcp
          timeout connect 1s
          timeout client 5s
          timeout server 5s
        resolvers discovery
          nameserver node 127.0.0.1:{port}
          accepted_payload_size 8192
          timeout resolve 200ms
          hold valid 200ms
          hold obsolete 400ms
        frontend in
          bind unix@{folder}/in.sock
          default_backend ts
        backend ts
          server-template ts 10 _timeservice._tcp.service.consul resolvers discovery resolve-prefer ipv4 init-addr none

        """;

    // The proxy asks in its own time, so it is looked at again and again.
    private static async Task WaitForAsync(string folder, string expected)
    {
        string seen = "";
        for (int i = 0; i < 200 && seen != expected; i++)
        {
            await Task.Delay(50);
            seen = await ServersAsync(folder);
        }

        Assert.Equal(expected, seen);
    }

    private static async Task<string> ServersAsync(string folder)
    {
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(folder, "admin.sock")));
            await socket.SendAsync(Encoding.ASCII.GetBytes("show servers state ts\n"));
            await using var stream = new NetworkStream(socket);
            using var reader = new StreamReader(stream);
            IEnumerable<string[]> rows = (await reader.ReadToEndAsync()).Split('\n')
                .Select(static line => line.Split(' ')).Where(static words => words.Length > 18 && words[1] == "ts");

            // Operational state 2 is up; bit 32 of the administrative state is maintenance by name resolution.
            return string.Join(' ', rows.Where(static words => words[5] == "2" && !IsInMaintenance(words[6]))
                .Select(static words => $"{words[4]}:{words[18]}").Order(StringComparer.Ordinal));
        }
        catch (SocketException)
        {
            return "";
        }
    }
}
