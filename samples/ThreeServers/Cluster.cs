using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ThreeServers;

/// <summary>The three processes, and what each of them said last.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    private const int Size = 3;
    private readonly IScreen _screen;

    public Cluster(string directory, IScreen screen)
    {
        _screen = screen;
        int[] ports = FreePorts(2 * Size);
        int[] rpc = ports[..Size];
        Servers =
        [
            .. Enumerable.Range(0, Size).Select(number => new ServerProcess(
                new ServerArguments(number, Path.Combine(directory, NameOf(number)), ports[Size + number], rpc), Heard)),
        ];
    }

    public IReadOnlyList<ServerProcess> Servers { get; }

    /// <summary>The one that the living agree leads.</summary>
    public ServerProcess? Leader => Servers.FirstOrDefault(server =>
        server.IsAlive && Servers.Count(other => other.IsAlive && other.Leader == server.Name) * 2 > Size);

    public void Start()
    {
        foreach (ServerProcess server in Servers)
        {
            server.Start();
        }
    }

    public async ValueTask DisposeAsync() => await Task.WhenAll(Servers.Select(static server => server.StopAsync()));

    private static string NameOf(int number) => string.Create(CultureInfo.InvariantCulture, $"s{number + 1}");

    private void Heard(ServerProcess server, string? news)
    {
        if (news is not null)
        {
            _screen.Say($"{server.Name}: {news}");
        }

        _screen.Show(Servers);
    }

    private static int[] FreePorts(int count)
    {
        TcpListener[] listeners = [.. Enumerable.Range(0, count).Select(static _ => new TcpListener(IPAddress.Loopback, 0))];
        Array.ForEach(listeners, static listener => listener.Start());
        int[] ports = [.. listeners.Select(static listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        Array.ForEach(listeners, static listener => listener.Dispose());
        return ports;
    }
}
