using System.Net;
using System.Text;
using Discovery.Driver;
using Discovery.Protocol;
using Discovery.Storage;
using Discovery.Testing;
using Discovery.Transport;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Discovery.Autopilot;

/// <summary>One life, on a simulated disk, of a server whose others are never reached.</summary>
internal sealed class LonelyServer : INodeConnector, IRpcServer, IDisposable
{
    public static readonly VoterId Id = Messages.Id(1);

    private readonly SimulatedDisk _disk;
    private readonly IDisk _seen;
    private readonly string _directory;
    private readonly ServiceProvider _provider;
    private readonly TaskCompletionSource _off = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="disk">The disk.</param>
    /// <param name="directory">The node's directory; on the real disk there is its lock, and nothing else.</param>
    /// <param name="makes">What mistakes it makes with the disk.</param>
    public LonelyServer(SimulatedDisk disk, string directory, Func<IDisk, IDisk>? makes = null)
    {
        (_disk, _directory) = (disk, directory);
        disk.PowerFailed = _ => _off.TrySetResult();
        ServiceCollection services = new();
        services.AddLogging().AddMetrics()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
            .AddSingleton(Kernel.CreateRuntime())
            .AddSingleton(_seen = makes is null ? disk : makes(disk))
            .AddSingleton<INodeConnector>(this)
            .AddSingleton<IRpcServer>(this)
            .AddSingleton<ILogger<RaftServer>>(Told)
            .AddDiscovery(node =>
            {
                node.NodeName = "s1";
                node.NodeId = Id.Node;
                node.DataDirectory = directory;
                node.AdvertiseAddress = "127.0.0.1";
            })
            .AddKeyValue()
            .AddRaft(static raft =>
            {
                for (int number = 1; number <= 3; number++)
                {
                    raft.Servers.Add($"127.0.0.1:{number}");
                }
            });
        _provider = services.BuildServiceProvider();
        State = _provider.GetRequiredService<StateMachine>();
        Store = _provider.GetRequiredService<IKeyValueStore>();
        Server = _provider.GetRequiredService<RaftServer>();
    }

    public SimulationKernel Kernel { get; } = new();

    /// <summary>What the server has told in the log.</summary>
    public RecordingLogger<RaftServer> Told { get; } = new();

    public RaftServer Server { get; }

    public StateMachine State { get; }

    public IKeyValueStore Store { get; }

    public IPEndPoint? Endpoint { get; } = new(IPAddress.Loopback, 1);

    /// <summary>Whose log the disk says that it has.</summary>
    public static LogIdentity IdentityOn(SimulatedDisk disk, string directory) =>
        LogIdentity.Read(disk, Path.Combine(directory, "raft", "log"));

    /// <summary>Puts a log on the empty disk, of which the server is the only member.</summary>
    public async Task FormatAsync()
    {
        await using NodeStorage storage = await NodeStorage.OpenAsync(
            _seen, Path.Combine(_directory, "raft"), Id.Node, Messages.Cluster, Id.Log);
        await Bootstrap.RunAsync(storage.Log, [new RaftMember(Id, MemberRole.Voter)]);
    }

    public Task StartAsync() => Server.StartAsync(new CommandLogHost("s1", Id.Node, "dc1", "127.0.0.1"), CancellationToken.None);

    public async Task PutAsync(string key)
    {
        KeyValueResult result = await Store.PutAsync(key, Encoding.UTF8.GetBytes(key));
        Assert.True(result.IsApplied);
    }

    /// <summary>Adds two voters that are never reached: from then on there is no majority.</summary>
    public async Task LoseQuorumAsync()
    {
        RaftMember[] members = [.. Enumerable.Range(1, 3).Select(static number => new RaftMember(Messages.Id(number), MemberRole.Voter))];
        ProposeStatus status = await Server.Driver!.CallAsync(
            (core, now) => core.ProposeMembers(members, now, out _), CancellationToken.None);
        Assert.Equal(ProposeStatus.Appended, status);
    }

    public Task LeadAsync() => UntilAsync(() => Server.Leadership.IsLeader);

    /// <summary>Waits until a recovery is over, to the disk's last word on it.</summary>
    public async Task RecoveredAsync()
    {
        await LeadAsync();
        await UntilAsync(() => IdentityOn(_disk, _directory).Recovery is { IsPending: false });
    }

    /// <summary>Waits for a piece of work; false when the power fails before its end.</summary>
    public async Task<bool> TryAsync(Task work)
    {
        await Task.WhenAny(work, _off.Task);
        if (_off.Task.IsCompleted)
        {
            return false;
        }

        await work;
        return true;
    }

    /// <summary>Gives up the node's directory; what it has in memory can still be looked at.</summary>
    public void Dispose() => _provider.Dispose();

    public ValueTask<NodeConnection> ConnectAsync(string host, int port, byte protocol, CancellationToken cancellationToken = default) =>
        throw new DiscoveryException(DiscoveryError.PeerUnreachable, $"No node is reached at {host}: refused");

    private async Task UntilAsync(Func<bool> isTrue)
    {
        while (!isTrue())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), Kernel.Time);
        }
    }
}
