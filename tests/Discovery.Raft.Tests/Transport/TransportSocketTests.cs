using System.Net;
using System.Net.Sockets;
using Discovery.Protocol;
using Discovery.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Discovery.Transport;

[Trait("Kind", "RealSockets")]
public sealed class TransportSocketTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Servers_OverTheNodesPort_CarryEverything()
    {
        var directory = new StaticPeerDirectory();
        await using SocketServer a = await SocketServer.StartAsync(1, directory);
        await using SocketServer b = await SocketServer.StartAsync(2, directory);
        byte[] value = Messages.Bytes(16_000_000, 1);
        var arrived = new TaskCompletionSource<AppendRequest>(TaskCreationOptions.RunContinuationsAsynchronously);
        b.Receiver.OnMessage = message =>
        {
            if (message is AppendRequest append)
            {
                arrived.TrySetResult(append);
            }
        };
        a.Transport.Send(Messages.Append(a.Id, b.Id, 4, value));
        Task<ProposalResult>[] proposals = [.. Enumerable.Range(0, 5000).Select(i => b.Transport.ForwardAsync(
            a.Id, new ForwardedProposal(EntryKind.Command, 1, Guid.Empty, (ulong)i, new byte[64]), default).AsTask())];
        byte[] snapshot = Messages.Bytes(5_000_000, 2);
        var taken = new MemoryStream();
        b.Receiver.TakeSnapshot = (_, stream, token) => stream.CopyToAsync(taken, token);
        var meta = new SnapshotMeta(new LogPosition(4, 2), new ConfigurationEntry(1, Messages.Configuration(1, 2)));
        await a.Transport.SendSnapshotAsync(b.Id, 3, meta, new MemoryStream(snapshot), default).WaitAsync(s_patience);
        Assert.Equal(snapshot, taken.ToArray());
        Assert.Equal(value, (await arrived.Task.WaitAsync(s_patience)).Entries[0].Body.ToArray());
        ProposalResult[] results = await Task.WhenAll(proposals).WaitAsync(s_patience);
        Assert.Equal(Enumerable.Range(0, 5000).Select(static i => (ulong)i), results.Select(static result => result.Command.Index));
        Assert.Equal(("n2", "n1"), (a.Transport.NameOf(b.Id), b.Transport.NameOf(a.Id)));
    }

    [Fact]
    public async Task Port_WithAnyBytes_GoesOnServing()
    {
        var directory = new StaticPeerDirectory();
        await using SocketServer a = await SocketServer.StartAsync(1, directory);
        await using SocketServer b = await SocketServer.StartAsync(2, directory);
        var random = new Random(1);
        for (int round = 0; round < 200; round++)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(b.Endpoint);
            await using var stream = new NetworkStream(socket);
            await stream.WriteAsync(new[] { PeerDialer.Protocol });
            if (round % 2 == 0)
            {
                await Handshake.OpenAsync(stream, a.Identity, b.Id, (Purpose)random.Next(1, 3), default);
            }

            try
            {
                await stream.WriteAsync(Messages.Bytes(random.Next(1, 50_000), round));
            }
            catch (IOException)
            {
                // It was closed before all was said.
            }
        }

        Assert.Equal(0, b.Transport.ReassemblyBytes);
        Assert.Empty(b.Receiver.Messages);
        ProposalResult result = await a.Transport.ForwardAsync(
            b.Id, new ForwardedProposal(EntryKind.Command, 1, Guid.Empty, 5, default), default).AsTask().WaitAsync(s_patience);
        Assert.Equal((ProposalOutcome.Applied, 5UL), (result.Outcome, result.Command.Index));
    }

    [Fact]
    public async Task Send_ServerStopsAndComesBackElsewhere_IsFoundThere()
    {
        var directory = new StaticPeerDirectory();
        await using SocketServer a = await SocketServer.StartAsync(1, directory);
        await using (SocketServer b = await SocketServer.StartAsync(2, directory))
        {
            Assert.Equal(ProposalOutcome.Applied, (await ForwardAsync(a, b.Id)).Outcome);
        }

        Assert.Equal(ProposalResult.NotApplied(ProposalRefusal.NoLeader), await UntilAsync(
            a, Messages.Id(2), static result => result.Outcome == ProposalOutcome.NotApplied));
        await using SocketServer again = await SocketServer.StartAsync(2, directory);
        Assert.Equal(
            ProposalOutcome.Applied,
            (await UntilAsync(a, again.Id, static result => result.Outcome == ProposalOutcome.Applied)).Outcome);
    }

    [Fact]
    public async Task HasUnread_WhileAMessageIsNotHandedOn_IsTrue()
    {
        var directory = new StaticPeerDirectory();
        await using SocketServer a = await SocketServer.StartAsync(1, directory);
        await using SocketServer b = await SocketServer.StartAsync(2, directory);
        Assert.False(b.Transport.HasUnread(a.Id));
        using var mayGoOn = new ManualResetEventSlim();
        var isThere = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        b.Receiver.OnMessage = _ =>
        {
            isThere.TrySetResult();
            mayGoOn.Wait(s_patience);
        };
        a.Transport.Send(Messages.Append(a.Id, b.Id, 4, [1]));
        await isThere.Task.WaitAsync(s_patience);
        Assert.True(b.Transport.HasUnread(a.Id));
        Assert.False(b.Transport.HasUnread(Messages.Id(3)));
        mayGoOn.Set();
        Assert.True(SpinWait.SpinUntil(() => !b.Transport.HasUnread(a.Id), s_patience));
    }

    [Fact]
    public async Task HasUnread_WhileBytesWaitBelowWhatProtectsThem_IsTrue()
    {
        var directory = new StaticPeerDirectory();
        var security = new XorSecurity();
        var mayRead = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using SocketServer a = await SocketServer.StartAsync(1, directory, new XorSecurity());
        await using SocketServer b = await SocketServer.StartAsync(2, directory, security);
        b.Receiver.OnMessage = _ => security.MayRead = mayRead.Task;
        a.Transport.Send(Messages.Append(a.Id, b.Id, 4, [1]));
        Assert.True(SpinWait.SpinUntil(() => b.Receiver.Messages.Count == 1 && !b.Transport.HasUnread(a.Id), s_patience));
        a.Transport.Send(Messages.Append(a.Id, b.Id, 5, [1]));
        Assert.True(SpinWait.SpinUntil(() => b.Transport.HasUnread(a.Id), s_patience));
        Assert.Single(b.Receiver.Messages);
        mayRead.SetResult();
        Assert.True(SpinWait.SpinUntil(() => b.Receiver.Messages.Count == 2 && !b.Transport.HasUnread(a.Id), s_patience));
    }

    [Fact]
    public async Task UnreadBytes_OfASocket_AreThoseThatCameAndNobodyRead()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        using TcpClient server = await listener.AcceptTcpClientAsync();
        NetworkStream wire = server.GetStream();
        Assert.False(UnreadBytes.AreIn(wire));
        await client.GetStream().WriteAsync(new byte[3]);
        Assert.True(SpinWait.SpinUntil(() => UnreadBytes.AreIn(wire), s_patience));
        await wire.ReadExactlyAsync(new byte[3]);
        Assert.False(UnreadBytes.AreIn(wire));
        server.Close();
        Assert.False(UnreadBytes.AreIn(wire));
        Assert.False(UnreadBytes.AreIn(new MemoryStream(new byte[3])));
        Assert.False(UnreadBytes.AreIn(null));
    }

    private static Task<ProposalResult> ForwardAsync(SocketServer from, VoterId to) => from.Transport.ForwardAsync(
        to, new ForwardedProposal(EntryKind.Command, 1, Guid.Empty, 5, default), default).AsTask().WaitAsync(s_patience);

    private static async Task<ProposalResult> UntilAsync(SocketServer from, VoterId to, Func<ProposalResult, bool> isDone)
    {
        using var bound = new CancellationTokenSource(s_patience);
        while (true)
        {
            ProposalResult result = await ForwardAsync(from, to);
            if (isDone(result) || bound.IsCancellationRequested)
            {
                return result;
            }

            await Task.Yield();
        }
    }

    private sealed class SocketServer : IAsyncDisposable
    {
        private readonly ServiceProvider _services;
        private readonly IHostedLifecycleService _lifecycle;

        private SocketServer(int number, StaticPeerDirectory directory, ITransportSecurity? security)
        {
            var services = new ServiceCollection();
            services.AddLogging();
            services.AddSingleton<INodeConnectionHandler>(Handler);
            services.AddDiscovery(options =>
            {
                options.NodeName = $"n{number}";
                options.AdvertiseAddress = "127.0.0.1";
            }).AddRpcServer(static options => options.Port = 0);
            _services = services.BuildServiceProvider();
            _lifecycle = _services.GetServices<IHostedService>().OfType<IHostedLifecycleService>().Single();
            Identity = new TransportIdentity(Messages.Id(number), $"n{number}", Messages.Cluster);
            Transport = new RaftTransport(new TransportParts
            {
                Runtime = NodeRuntime.CreateSystem(),
                Identity = Identity,
                Connector = _services.GetRequiredService<INodeConnector>(),
                Directory = directory,
                Security = security ?? new NoSecurity(),
                Metrics = new TransportMetrics(new TestMeterFactory()),
                Logger = new RecordingLogger<RaftTransport>(),
            });
            Handler.Transport = Transport;
            Transport.Start(Receiver);
        }

        public TransportIdentity Identity { get; }

        public VoterId Id => Identity.Self;

        public RaftConnectionHandler Handler { get; } = new();

        public RecordingReceiver Receiver { get; } = new();

        public RaftTransport Transport { get; }

        public IPEndPoint Endpoint => _services.GetRequiredService<IRpcServer>().Endpoint!;

        public static async Task<SocketServer> StartAsync(
            int number, StaticPeerDirectory directory, ITransportSecurity? security = null)
        {
            var server = new SocketServer(number, directory, security);
            await server._lifecycle.StartingAsync(default);
            directory.Set(server.Id.Node, new PeerAddress("127.0.0.1", server.Endpoint.Port));
            return server;
        }

        public async ValueTask DisposeAsync()
        {
            await Transport.DisposeAsync();
            await _lifecycle.StoppingAsync(default);
            await _lifecycle.StoppedAsync(default);
            await _services.DisposeAsync();
        }
    }
}
