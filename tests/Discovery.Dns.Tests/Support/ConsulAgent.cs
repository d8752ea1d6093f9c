using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Discovery.Testing;

namespace Discovery.Support;

/// <summary>A real Consul 1.8.7 in development mode, on ports of its own on the loopback address.</summary>
internal sealed class ConsulAgent : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _folder;
    private readonly HttpClient _http;

    private ConsulAgent(Process process, string folder, int[] ports)
    {
        _process = process;
        _folder = folder;
        Dns = new IPEndPoint(IPAddress.Loopback, ports[1]);
        _http = new HttpClient { BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{ports[0]}")) };
    }

    public IPEndPoint Dns { get; }

    /// <summary>Where the program is; null when it is not installed.</summary>
    public static string? Program
    {
        get
        {
            string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            string path = Environment.GetEnvironmentVariable("CONSUL") is { Length: > 0 } given
                ? given
                : Path.Combine(home, ".cache/discovery-peers/consul/usr/bin/consul");
            return File.Exists(path) ? path : null;
        }
    }

    public static async Task<ConsulAgent> StartAsync(string program, string node)
    {
        string folder = Directory.CreateTempSubdirectory("discovery-dns-peer-").FullName;
        int[] ports = LoopbackPorts.Take(5);
        File.WriteAllText(Path.Combine(folder, "start.json"), "{\"alt_domain\":\"test-domain\"}");
        File.WriteAllText(Path.Combine(folder, "options.json"), "{}");
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] arguments =
        [
            "agent", "-dev", "-node", node, "-bind", "127.0.0.1", "-client", "127.0.0.1", "-config-dir", folder, "-grpc-port", "-1",
            "-http-port", Text(ports[0]), "-dns-port", Text(ports[1]), "-server-port", Text(ports[2]), "-serf-lan-port", Text(ports[3]),
            "-serf-wan-port", Text(ports[4]),
        ];
        Array.ForEach(arguments, start.ArgumentList.Add);
        Process process = Process.Start(start)!;
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var agent = new ConsulAgent(process, folder, ports);
        await agent.WaitAsync();
        return agent;
    }

    public async Task PutAsync(string path, string body = "")
    {
        using var content = new StringContent(body, Encoding.UTF8);
        using HttpResponseMessage reply = await _http.PutAsync(new Uri(path, UriKind.Relative), content);
        reply.EnsureSuccessStatusCode();
    }

    /// <summary>Registers what a file of bodies of catalog/register says.</summary>
    public async Task LoadAsync(string file)
    {
        using JsonDocument document = JsonDocument.Parse(await File.ReadAllTextAsync(TestCatalog.PathOf(file)));
        foreach (JsonElement body in document.RootElement.EnumerateArray())
        {
            await PutAsync("/v1/catalog/register", body.GetRawText());
        }
    }

    /// <summary>Sets the options that can be reloaded.</summary>
    public async Task ReloadAsync(string options)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "options.json"), options);
        await PutAsync("/v1/agent/reload");
    }

    /// <summary>Waits until the catalog shows a node in maintenance, or out of it.</summary>
    public async Task WaitForMaintenanceAsync(string node, bool isInMaintenance)
    {
        for (int i = 0; i < 100; i++)
        {
            string checks = await _http.GetStringAsync(new Uri($"/v1/health/node/{node}", UriKind.Relative));
            if (checks.Contains("_node_maintenance", StringComparison.Ordinal) == isInMaintenance)
            {
                return;
            }

            await Task.Delay(50);
        }

        throw new TimeoutException("The catalog does not show the maintenance after 5 s.");
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    // Another process decides when it is ready, so this is the one place that has to ask again and again.
    private async Task WaitAsync()
    {
        for (int i = 0; i < 300; i++)
        {
            try
            {
                string leader = await _http.GetStringAsync(new Uri("/v1/status/leader", UriKind.Relative));
                string servers = await _http.GetStringAsync(new Uri("/v1/health/service/consul?passing", UriKind.Relative));
                if (leader.Length > 2 && servers.Length > 4)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                Xunit.Assert.False(_process.HasExited, "Consul has ended");
            }

            await Task.Delay(100);
        }

        throw new TimeoutException("Consul has no leader after 30 s.");
    }
}
