using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Discovery.Benchmarks.Raft;

/// <summary>One of three servers, in this process, with its log in a directory of its own.</summary>
internal sealed class RaftServerHost : IAsyncDisposable
{
    private readonly IHost _host;

    public RaftServerHost(int number, int firstPort, string directory)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddDiscovery(node =>
        {
            node.Role = NodeRole.Server;
            node.NodeName = $"n{number}";
            node.AdvertiseAddress = "127.0.0.1";
            node.DataDirectory = Path.Combine(directory, $"n{number}");
        })
            .AddStateModule<NoteModule>()
            .AddKeyValue()
            .AddRpcServer(rpc => rpc.Port = firstPort + number)
            .AddRaft(raft =>
            {
                for (int i = 0; i < 3; i++)
                {
                    raft.Servers.Add(string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{firstPort + i}"));
                }
            });
        _host = builder.Build();
    }

    public ICommandLog Log => _host.Services.GetRequiredService<ICommandLog>();

    public IKeyValueStore Keys => _host.Services.GetRequiredService<IKeyValueStore>();

    public Task StartAsync() => _host.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}
