namespace Discovery.DependencyInjection;

/// <summary>Tests of servers on real disks and sockets.</summary>
public abstract class ServerTests : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("discovery-raft-").FullName;
    private readonly CancellationTokenSource _bound = new(TimeSpan.FromSeconds(100));
    private readonly List<ServerRig> _servers = [];

    private protected CancellationToken Bound => _bound.Token;

    private protected IReadOnlyList<ServerRig> Servers => _servers;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await Task.WhenAll(_servers.Select(static server => server.StopAsync()));
        Directory.Delete(_directory, recursive: true);
        _bound.Dispose();
    }

    private protected ServerRig Create(string name, params int[] list)
    {
        var server = new ServerRig(_directory, name) { List = list };
        _servers.Add(server);
        return server;
    }

    private protected async Task<ServerRig[]> BeginAsync(int count, Action<ServerRig, int>? prepare = null)
    {
        ServerRig[] servers = [.. Enumerable.Range(0, count).Select(i => Create($"{(char)('a' + i)}"))];
        int[] ports = [.. servers.Select(static server => server.Port)];
        foreach (ServerRig server in servers)
        {
            server.List = ports;
        }

        for (int i = 0; i < count; i++)
        {
            prepare?.Invoke(servers[i], i);
        }

        await Task.WhenAll(servers.Select(server => server.StartAsync(_bound.Token)));
        await servers[0].PutAsync("before", _bound.Token);
        return servers;
    }

    private protected static ServerRig Leader(IEnumerable<ServerRig> servers) =>
        servers.Single(static server => server.Leadership.IsLeader);

    /// <summary>Waits until whoever leads has told of a change that is in force.</summary>
    private protected async Task ToldAsync(IEnumerable<ServerRig> servers, params string[] parts)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(_bound.Token);
        Task<string> first = await Task.WhenAny(
            servers.Select(server => server.Changes.WaitForAsync(line => Array.TrueForAll(["3105", .. parts], line.Contains), over.Token)));
        await first;
        await over.CancelAsync();
    }
}
