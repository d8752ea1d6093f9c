using System.Net;
using System.Text;
using Discovery.Testing;
using Discovery.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Discovery.DependencyInjection;

/// <summary>Three servers on real disks and sockets, given to each other as addresses.</summary>
[Trait("Kind", "RealSockets")]
public sealed class ThreeServersTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly string _directory = Directory.CreateTempSubdirectory("discovery-raft-").FullName;
    private readonly int[] _ports = LoopbackPorts.Take(3);

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Start_OfThree_BeginsOneClusterThatGoesOnWithoutOne()
    {
        using var bound = new CancellationTokenSource(s_patience);
        IHost[] hosts = [Build(0), Build(1), Build(2)];
        await Task.WhenAll(hosts.Select(host => host.StartAsync(bound.Token)));

        // Whoever is asked takes the write to the leader, and has it when it answers.
        for (int i = 0; i < 3; i++)
        {
            await PutAsync(hosts[i], $"from/{i}", bound.Token);
            Assert.NotNull(hosts[i].Services.GetRequiredService<IKeyValueStore>().Get($"from/{i}"));
        }

        Assert.Single(hosts, static host => Leadership(host).IsLeader);
        int leader = Array.FindIndex(hosts, static host => Leadership(host).IsLeader);
        IMembershipSource members = hosts[(leader + 1) % 3].Services.GetRequiredService<IMembershipSource>();
        Assert.Equal(["node-0", "node-1", "node-2"], members.Members.Select(static member => member.Name));
        await hosts[leader].StopAsync(bound.Token);
        hosts[leader].Dispose();

        int next = (leader + 1) % 3;
        await PutAsync(hosts[next], "without", bound.Token);
        while (members.Members is var seen && seen.All(static member => member.Status == MemberStatus.Alive))
        {
            await members.WaitForChangeAsync(seen, bound.Token);
        }

        Assert.Equal($"node-{leader}", members.Members.Single(static member => member.Status == MemberStatus.Failed).Name);

        // The one that comes back finds what it has missed, and still knows what it had.
        hosts[leader] = Build(leader);
        await hosts[leader].StartAsync(bound.Token);
        await PutAsync(hosts[leader], "again", bound.Token);
        IKeyValueStore store = hosts[leader].Services.GetRequiredService<IKeyValueStore>();
        foreach (string key in (string[])["from/0", "from/1", "from/2", "without", "again"])
        {
            Assert.Equal(key, Encoding.UTF8.GetString(store.Get(key)!.Value.Span));
        }

        await Task.WhenAll(hosts.Select(host => host.StopAsync(bound.Token)));
        foreach (IHost host in hosts)
        {
            host.Dispose();
        }
    }

    [Fact]
    public async Task Start_FarBehindTheOthers_BeginsWithTheirSnapshot()
    {
        const int Writers = 200;
        const int Rounds = 60;
        using var bound = new CancellationTokenSource(s_patience);
        IHost[] hosts = [Build(0), Build(1), Build(2)];
        await Task.WhenAll(hosts.Select(host => host.StartAsync(bound.Token)));
        await PutAsync(hosts[2], "before", bound.Token);
        await hosts[2].StopAsync(bound.Token);
        hosts[2].Dispose();

        // More entries than a leader keeps for those who are a little behind.
        for (int round = 0; round < Rounds; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => PutAsync(hosts[0], $"key/{writer}", bound.Token)));
        }

        var connections = new RecordingLogger<RaftTransport>();
        hosts[2] = Build(2, connections);
        await hosts[2].StartAsync(bound.Token);
        await PutAsync(hosts[2], "after", bound.Token);
        Assert.Contains(connections.Lines, static line => line.EndsWith("for Snapshot", StringComparison.Ordinal));
        IKeyValueStore store = hosts[2].Services.GetRequiredService<IKeyValueStore>();
        Assert.All(Enumerable.Range(0, Writers), writer => Assert.NotNull(store.Get($"key/{writer}")));
        Assert.NotNull(store.Get("before"));
        foreach (IHost host in hosts)
        {
            await host.StopAsync(bound.Token);
            host.Dispose();
        }
    }

    [Fact]
    public async Task SessionRenew_OverTheServerPortOfAnyServer_Renews()
    {
        using var bound = new CancellationTokenSource(s_patience);
        IHost[] hosts = [Build(0), Build(1), Build(2)];
        await Task.WhenAll(hosts.Select(host => host.StartAsync(bound.Token)));
        await PutAsync(hosts[0], "before", bound.Token);
        var creation = new SessionCreation { Lease = TimeSpan.FromSeconds(60) };
        ISessions sessions = hosts[0].Services.GetRequiredService<ISessions>();
        SessionEntry session = await sessions.CreateAsync(creation, cancellationToken: bound.Token);
        byte[] id = Encoding.ASCII.GetBytes(session.Id.ToString("D"));
        byte[] body = [0x82, 0xaa, .. "Datacenter"u8, 0xa3, .. "dc1"u8, 0xa9, .. "SessionID"u8, 0xda, 0, (byte)id.Length, .. id];
        IRpcClient client = hosts[0].Services.GetRequiredService<IRpcClient>();
        foreach (int port in _ports)
        {
            ReadOnlyMemory<byte> reply = await client.CallAsync(
                [new DnsEndPoint("127.0.0.1", port)], "Session.Renew", body, cancellationToken: bound.Token);
            Assert.NotEqual(-1, reply.Span.IndexOf(id));
        }

        await Task.WhenAll(hosts.Select(host => host.StopAsync(bound.Token)));
        foreach (IHost host in hosts)
        {
            host.Dispose();
        }
    }

    [Fact]
    public async Task Lock_HeldOnAFollower_IsRenewedByTheLeaderAndKeptAfterItHasGone()
    {
        using var bound = new CancellationTokenSource(s_patience);
        IHost[] hosts = [Build(0), Build(1), Build(2)];
        await Task.WhenAll(hosts.Select(host => host.StartAsync(bound.Token)));
        await PutAsync(hosts[0], "before", bound.Token);
        int leader = Array.FindIndex(hosts, static host => Leadership(host).IsLeader);
        IDistributedLocks locks = hosts[(leader + 1) % 3].Services.GetRequiredService<IDistributedLocks>();
        var options = new LockOptions { Lease = TimeSpan.FromSeconds(3) };
        await using ILockHandle held = await locks.CreateLock("printer", options).AcquireAsync(bound.Token);
        DateTimeOffset first = held.ExpiresAt;
        while (held.ExpiresAt == first)
        {
            await Task.Delay(100, bound.Token);
        }

        await hosts[leader].StopAsync(bound.Token);
        hosts[leader].Dispose();
        DateTimeOffset second = held.ExpiresAt;
        while (held.ExpiresAt <= second)
        {
            await Task.Delay(100, bound.Token);
        }

        Assert.False(held.LostToken.IsCancellationRequested);
        IDistributedLocks others = hosts[(leader + 2) % 3].Services.GetRequiredService<IDistributedLocks>();
        Assert.Null(await others.CreateLock("printer", options).TryAcquireAsync(TimeSpan.Zero, bound.Token));
        await held.DisposeAsync();
        Assert.NotNull(await others.CreateLock("printer", options).TryAcquireAsync(TimeSpan.FromSeconds(10), bound.Token));
        foreach (IHost host in hosts.Where((_, number) => number != leader))
        {
            await host.StopAsync(bound.Token);
            host.Dispose();
        }
    }

    [Fact]
    public async Task Start_LongBeforeTheOthers_WakesItsDutiesOnceThereIsALog()
    {
        using var bound = new CancellationTokenSource(s_patience);
        IHost[] hosts = [Build(0), Build(1), Build(2)];
        await hosts[0].StartAsync(bound.Token);
        await hosts[1].StartAsync(bound.Token);
        Leadership[] before = [Leadership(hosts[0]), Leadership(hosts[1])];
        await hosts[2].StartAsync(bound.Token);
        foreach (Leadership leadership in before)
        {
            var ended = new TaskCompletionSource();
            await using CancellationTokenRegistration wake = leadership.Ended.Register(ended.SetResult);
            await ended.Task.WaitAsync(bound.Token);
        }

        // Leases are a duty of the leader's, and it may be one of those that waited.
        await PutAsync(hosts[0], "key", bound.Token);
        foreach (IHost host in hosts)
        {
            ISessions sessions = host.Services.GetRequiredService<ISessions>();
            SessionEntry session = await sessions.CreateAsync(
                new SessionCreation { Lease = TimeSpan.FromSeconds(20) }, cancellationToken: bound.Token);
            while (await TryRenewAsync(sessions, session.Id, bound.Token) is false)
            {
                await Task.Delay(100, bound.Token);
            }
        }

        foreach (IHost host in hosts)
        {
            await host.StopAsync(bound.Token);
            host.Dispose();
        }
    }

    [Fact]
    public async Task Event_FiredAtAnyOfThree_IsSeenAtAllWithoutALeaderToo()
    {
        using var bound = new CancellationTokenSource(s_patience);
        IHost[] hosts = [Build(0), Build(1), Build(2)];
        await Task.WhenAll(hosts.Select(host => host.StartAsync(bound.Token)));
        await PutAsync(hosts[0], "before", bound.Token);
        IUserEvents[] events = [.. hosts.Select(static host => host.Services.GetRequiredService<IUserEvents>())];
        for (int i = 0; i < 3; i++)
        {
            Guid[] seen = await SeenAsync(events, await events[i].FireAsync($"from-{i}", cancellationToken: bound.Token), bound.Token);
            Assert.Equal(i + 1, seen.Length);
        }

        // Two are gone: the one that is left leads nobody, and yet tells itself.
        await hosts[1].StopAsync(bound.Token);
        await hosts[2].StopAsync(bound.Token);
        await SeenAsync([events[0]], await events[0].FireAsync("alone", cancellationToken: bound.Token), bound.Token);
        Assert.Equal([1ul, 2ul, 3ul, 4ul], events[0].Recent.Select(static one => one.LamportTime));
        await hosts[0].StopAsync(bound.Token);
        foreach (IHost host in hosts)
        {
            host.Dispose();
        }
    }

    // Waits until everybody has seen it, and tells what all have seen.
    private static async Task<Guid[]> SeenAsync(IUserEvents[] all, UserEvent fired, CancellationToken cancellationToken)
    {
        foreach (IUserEvents events in all)
        {
            while (events.Recent is var seen && seen.All(one => one.Id != fired.Id))
            {
                await events.WaitForChangeAsync(seen, cancellationToken);
            }
        }

        Guid[] first = [.. all[0].Recent.Select(static one => one.Id)];
        Assert.All(all, events => Assert.Equal(first, events.Recent.Select(static one => one.Id)));
        return first;
    }

    private static Leadership Leadership(IHost host) => host.Services.GetRequiredService<ICommandLog>().Leadership;

    private static async Task<bool> TryRenewAsync(ISessions sessions, Guid session, CancellationToken cancellationToken)
    {
        try
        {
            return await sessions.RenewAsync(session, cancellationToken: cancellationToken) is not null;
        }
        catch (DiscoveryException)
        {
            return false;
        }
    }

    private static async Task PutAsync(IHost host, string key, CancellationToken cancellationToken)
    {
        IKeyValueStore store = host.Services.GetRequiredService<IKeyValueStore>();
        KeyValueResult result = await store.PutAsync(key, Encoding.UTF8.GetBytes(key), cancellationToken: cancellationToken);
        Assert.True(result.IsApplied);
    }

    private IHost Build(int number, ILogger<RaftTransport>? connections = null)
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        if (connections is not null)
        {
            builder.Services.AddSingleton(connections);
        }

        builder.Services.AddDiscovery(node =>
            {
                node.NodeName = $"node-{number}";
                node.DataDirectory = Path.Combine(_directory, $"node-{number}");
                node.AdvertiseAddress = "127.0.0.1";
            })
            .AddKeyValue()
            .AddRpcServer(rpc => rpc.Port = _ports[number])
            .AddRaft(raft =>
            {
                raft.SnapshotEntries = 1000;
                foreach (int port in _ports)
                {
                    raft.Servers.Add($"127.0.0.1:{port}");
                }
            });
        return builder.Build();
    }
}
