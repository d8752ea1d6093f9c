using System.Globalization;
using System.Text.Json;

namespace Discovery.Peers.Processes;

/// <summary>Three servers of ours, s0 to s2, that keep one log; each a discovery-node in a process of its own.</summary>
internal sealed class ClusterProcesses : IAsyncDisposable
{
    private readonly List<Running> _servers = [];

    private ClusterProcesses(string folder, AgentPorts[] ports) => (Folder, Ports) = (folder, ports);

    public string Folder { get; }

    public AgentPorts[] Ports { get; }

    public static ClusterProcesses Start()
    {
        AgentPorts[] ports = [AgentPorts.Take(), AgentPorts.Take(), AgentPorts.Take()];
        var cluster = new ClusterProcesses(Directory.CreateTempSubdirectory("discovery-cluster-").FullName, ports);
        for (int i = 0; i < ports.Length; i++)
        {
            string file = Path.Combine(cluster.Folder, string.Create(CultureInfo.InvariantCulture, $"s{i}.json"));
            File.WriteAllText(file, cluster.SettingsOf(i));
            cluster._servers.Add(Running.Start(Places.DiscoveryNode, ["agent", "-config-file=" + file]));
        }

        return cluster;
    }

    public string AddressOf(int server) => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Ports[server].Http}");

    public Running ProcessOf(int server) => _servers[server];

    public string Logs() => string.Join("\n----\n", _servers.Select(static server => server.Output + server.Errors));

    public async ValueTask DisposeAsync()
    {
        foreach (Running server in _servers)
        {
            await server.DisposeAsync();
        }

        Directory.Delete(Folder, recursive: true);
    }

    private string SettingsOf(int server) => JsonSerializer.Serialize(new Dictionary<string, object>
    {
        ["server"] = true,
        ["node_name"] = string.Create(CultureInfo.InvariantCulture, $"s{server}"),
        ["data_dir"] = Path.Combine(Folder, string.Create(CultureInfo.InvariantCulture, $"d{server}")),
        ["bind_addr"] = "127.0.0.1",
        ["ports"] = new Dictionary<string, int>
        {
            ["http"] = Ports[server].Http,
            ["dns"] = -1,
            ["server"] = Ports[server].Server,
            ["serf_lan"] = Ports[server].SerfLan,
            ["serf_wan"] = Ports[server].SerfWan,
        },
        ["discovery"] = new Dictionary<string, object>
        {
            ["servers"] = Ports.Select(static ports => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{ports.Server}")),
        },
    });
}
