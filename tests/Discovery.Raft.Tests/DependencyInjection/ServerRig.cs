using System.Text;
using Discovery.Autopilot;
using Discovery.Storage;
using Discovery.Testing;
using Discovery.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Discovery.DependencyInjection;

/// <summary>One server on a real disk and real sockets, that can be stopped, killed and started again elsewhere.</summary>
internal sealed class ServerRig(string directory, string name) : IAsyncDisposable
{
    private IHost? _host;

    public string Name => name;

    public int Port { get; set; } = LoopbackPorts.Take(1)[0];

    /// <summary>The ports of its list; its own port goes without saying.</summary>
    public IReadOnlyList<int> List { get; set; } = [];

    public string DataDirectory { get; set; } = Path.Combine(directory, name);

    public Action<RaftOptions> Configure { get; set; } = static _ => { };

    /// <summary>The disk, when it is not simply the machine's.</summary>
    public IDisk? Disk { get; set; }

    public FixedRules Rules { get; } = new();

    /// <summary>What its part in the cluster has told, since it was made.</summary>
    public RecordingLogger<RaftServer> Told { get; } = new();

    /// <summary>What it has told of changes of members.</summary>
    public RecordingLogger<AutopilotLoop> Changes { get; } = new();

    public RecordingLogger<RaftTransport> Connections { get; } = new();

    public IServiceProvider Services => _host!.Services;

    public Leadership Leadership => Services.GetRequiredService<ICommandLog>().Leadership;

    public RaftServer Server => Services.GetRequiredService<RaftServer>();

    public IKeyValueStore Store => Services.GetRequiredService<IKeyValueStore>();

    public IClusterOperator Operator => Services.GetRequiredService<IClusterOperator>();

    public Guid NodeId => Services.GetRequiredService<IDiscoveryNode>().Id;

    public IMembershipSource Members => Services.GetRequiredService<IMembershipSource>();

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Services.AddSingleton<ILogger<RaftServer>>(Told);
        builder.Services.AddSingleton<ILogger<AutopilotLoop>>(Changes);
        builder.Services.AddSingleton<ILogger<RaftTransport>>(Connections);
        builder.Services.AddSingleton<IAutopilotStore>(Rules);
        if (Disk is { } disk)
        {
            // By a factory: then the host disposes of it when it has stopped.
            builder.Services.AddSingleton(_ => disk);
        }

        builder.Services.AddDiscovery(node =>
            {
                node.NodeName = name;
                node.DataDirectory = DataDirectory;
                node.AdvertiseAddress = "127.0.0.1";
                node.RegistersServer = true;
            })
            .AddKeyValue()
            .AddRpcServer(rpc => rpc.Port = Port)
            .AddRaft(raft =>
            {
                foreach (int port in List.Append(Port).Distinct())
                {
                    raft.Servers.Add($"127.0.0.1:{port}");
                }

                raft.FailedAfter = TimeSpan.FromSeconds(4);
                Configure(raft);
            });
        _host = builder.Build();
        await _host.StartAsync(cancellationToken);
    }

    public async Task StopAsync()
    {
        if (_host is { } host)
        {
            _host = null;
            await host.StopAsync();
            host.Dispose();
        }
    }

    public async Task PutAsync(string key, CancellationToken cancellationToken)
    {
        KeyValueResult result = await Store.PutAsync(key, Encoding.UTF8.GetBytes(key), cancellationToken: cancellationToken);
        Assert.True(result.IsApplied);
    }

    /// <summary>Waits until the leader that this server knows is as it is to be; null: nobody leads.</summary>
    public async Task WaitForLeaderAsync(Predicate<string?> isIt, CancellationToken cancellationToken)
    {
        while (true)
        {
            Leadership now = Leadership;
            if (isIt(now.Leader))
            {
                return;
            }

            var ended = new TaskCompletionSource();
            await using CancellationTokenRegistration wake = now.Ended.Register(ended.SetResult);
            await ended.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Waits until a member is as it is to be here.</summary>
    public async Task WaitForAsync(string member, MemberStatus status, CancellationToken cancellationToken)
    {
        while (Members.Members is var seen && !seen.Any(one => one.Name == member && one.Status == status))
        {
            await Members.WaitForChangeAsync(seen, cancellationToken);
        }
    }

    public ValueTask DisposeAsync() => new(StopAsync());
}
