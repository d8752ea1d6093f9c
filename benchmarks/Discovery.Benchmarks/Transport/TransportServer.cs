using System.Diagnostics.Metrics;
using Discovery.Protocol;
using Discovery.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace Discovery.Benchmarks.Transport;

/// <summary>A server's transport on a real port, which answers at once.</summary>
internal sealed class TransportServer : IRaftReceiver, IAsyncDisposable
{
    private readonly IHost _host;
    private readonly RaftConnectionHandler _handler = new();

    private TransportServer(int number, StaticPeerDirectory directory, TransportOptions options)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton<INodeConnectionHandler>(_handler);
        builder.Services.AddDiscovery(node =>
        {
            node.NodeName = $"n{number}";
            node.AdvertiseAddress = "127.0.0.1";
        }).AddRpcServer(static rpc => rpc.Port = 0);
        _host = builder.Build();
        Id = new VoterId(new Guid(number, 0, 0, new byte[8]), new Guid(number, 1, 0, new byte[8]));
        Transport = new RaftTransport(new TransportParts
        {
            Runtime = _host.Services.GetRequiredService<NodeRuntime>(),
            Identity = new TransportIdentity(Id, $"n{number}", Guid.Empty),
            Connector = _host.Services.GetRequiredService<INodeConnector>(),
            Directory = directory,
            Options = options,
            Metrics = new TransportMetrics(_host.Services.GetRequiredService<IMeterFactory>()),
            Logger = NullLogger.Instance,
        });
        _handler.Transport = Transport;
        Transport.Start(this);
    }

    public VoterId Id { get; }

    public RaftTransport Transport { get; }

    /// <summary>What is done at a message.</summary>
    public Action<RaftMessage> OnMessage { get; set; } = static _ => { };

    public static async Task<TransportServer> StartAsync(int number, StaticPeerDirectory directory, TransportOptions options)
    {
        var server = new TransportServer(number, directory, options);
        await server._host.StartAsync();
        int port = server._host.Services.GetRequiredService<IRpcServer>().Endpoint!.Port;
        directory.Set(server.Id.Node, new PeerAddress("127.0.0.1", port));
        return server;
    }

    public void Receive(RaftMessage message) => OnMessage(message);

    public void Disconnected(VoterId from)
    {
    }

    public async ValueTask<ProposalResult> ProposeForwardedAsync(ForwardedProposal proposal, CancellationToken cancellationToken)
    {
        // As a log does, the outcome comes later and from elsewhere.
        await Task.Yield();
        return ProposalResult.Applied(new CommandOutcome(proposal.Sequence, CommandStatus.Applied, default));
    }

    public Task ReceiveSnapshotAsync(InstallSnapshot install, Stream snapshot, CancellationToken cancellationToken) =>
        snapshot.CopyToAsync(Stream.Null, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await Transport.DisposeAsync();
        await _host.StopAsync();
        _host.Dispose();
    }
}
