using System.Diagnostics;
using Discovery.Peers.Http;

namespace Discovery.Peers.Processes;

/// <summary>One running agent, a single server with a fixed name and id, started by the flags that Consul's users know.</summary>
internal sealed class AgentProcess : IAsyncDisposable
{
    public const string NodeName = "n1";
    public const string NodeId = "11111111-2222-3333-4444-555555555555";

    /// <summary>What every agent gets: quick elections, script checks over HTTP, names of metrics without the host's.</summary>
    public const string Settings =
        """{"performance": {"raft_multiplier": 1}, "enable_script_checks": true, "telemetry": {"disable_hostname": true}}""";

    private static readonly TimeSpan s_startDeadline = TimeSpan.FromSeconds(30);
    private readonly Running _process;

    private AgentProcess(AgentKind kind, AgentPorts ports, string folder, Running process) =>
        (Kind, Ports, Folder, _process) = (kind, ports, folder, process);

    public AgentKind Kind { get; }

    public AgentPorts Ports { get; }

    /// <summary>The agent's own temporary folder; its data directory lies in it.</summary>
    public string Folder { get; }

    public string Address => $"127.0.0.1:{Ports.Http}";

    public string Log => _process.Output + _process.Errors;

    public Running Process => _process;

    /// <summary>Starts an agent and waits until its own node stands in the catalog.</summary>
    /// <param name="kind">Which program.</param>
    /// <param name="mode"><c>server</c> with a data directory, or <c>dev</c>.</param>
    /// <param name="settings">A second configuration file, as JSON.</param>
    public static async Task<AgentProcess> StartAsync(AgentKind kind, string mode = "server", string? settings = null)
    {
        string program = kind == AgentKind.Ours ? Places.DiscoveryNode : Peer.Require(Peer.Consul, "Consul 1.8.7");
        AgentPorts ports = AgentPorts.Take();
        string folder = Directory.CreateTempSubdirectory("discovery-peers-").FullName;
        AgentProcess agent = new(kind, ports, folder, Running.Start(program, Arguments(mode, ports, folder, settings)));
        try
        {
            await agent.WaitUntilReadyAsync();
            return agent;
        }
        catch
        {
            await agent.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends one request.</summary>
    public Task<RawReply> SendAsync(string line, string? body = null, CancellationToken cancellationToken = default)
    {
        string[] parts = line.Split(' ', 2);
        return SendAsync(new RawRequest(parts[0], parts[1], [], body), cancellationToken);
    }

    public Task<RawReply> SendAsync(RawRequest request, CancellationToken cancellationToken = default) =>
        RawHttp.SendAsync(Ports.Http, request, cancellationToken);

    /// <summary>Sends a request that must answer 200, and gives its text.</summary>
    public async Task<string> ExpectAsync(string line, string? body = null)
    {
        RawReply reply = await SendAsync(line, body);
        Assert.True(reply.Status == 200, $"{Kind}: {line}: {reply.Status} {reply.Text}");
        return reply.Text;
    }

    /// <summary>Repeats a GET until its text holds.</summary>
    public async Task<string> UntilAsync(string target, Func<string, bool> holds, TimeSpan? deadline = null)
    {
        Stopwatch watch = Stopwatch.StartNew();
        TimeSpan limit = deadline ?? TimeSpan.FromSeconds(15);
        while (true)
        {
            RawReply reply = await SendAsync("GET " + target);
            if (holds(reply.Text))
            {
                return reply.Text;
            }

            Assert.True(watch.Elapsed < limit, $"{Kind}: GET {target} did not come to what was awaited within {limit}:\n{reply.Text}");
            await Task.Delay(10);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        try
        {
            Directory.Delete(Folder, recursive: true);
        }
        catch (IOException)
        {
            // A check's program may still be writing there; the folder is temporary anyway.
        }
    }

    private static List<string> Arguments(string mode, AgentPorts ports, string folder, string? settings)
    {
        File.WriteAllText(Path.Combine(folder, "a.json"), Settings);
        List<string> arguments =
        [
            "agent", "-node=" + NodeName, "-node-id=" + NodeId, "-bind=127.0.0.1", "-client=127.0.0.1", $"-http-port={ports.Http}",
            $"-dns-port={ports.Dns}", $"-server-port={ports.Server}", $"-serf-lan-port={ports.SerfLan}",
            $"-serf-wan-port={ports.SerfWan}", "-config-file=" + Path.Combine(folder, "a.json"),
        ];
        arguments.AddRange(mode == "dev"
            ? ["-dev", $"-grpc-port={ports.Grpc}"]
            : ["-server", "-bootstrap-expect=1", "-data-dir=" + Path.Combine(folder, "data")]);
        if (settings is not null)
        {
            string file = Path.Combine(folder, "b.json");
            File.WriteAllText(file, settings);
            arguments.Add("-config-file=" + file);
        }

        return arguments;
    }

    private async Task WaitUntilReadyAsync()
    {
        Stopwatch watch = Stopwatch.StartNew();
        while (!await IsReadyAsync())
        {
            Assert.True(!_process.HasExited && watch.Elapsed < s_startDeadline, $"{Kind} did not start:\n{Log}");
            await Task.Delay(20);
        }
    }

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            return (await SendAsync("GET /v1/health/node/" + NodeName)).Text.Contains("serfHealth", StringComparison.Ordinal)
                && (await SendAsync("GET /v1/catalog/nodes")).Text.Contains("lan_ipv4", StringComparison.Ordinal);
        }
        catch (Exception error) when (error is IOException or System.Net.Sockets.SocketException)
        {
            return false;
        }
    }
}
