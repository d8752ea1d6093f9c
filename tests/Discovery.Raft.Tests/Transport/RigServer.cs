using System.Net;
using Discovery.Protocol;
using Discovery.Testing;

namespace Discovery.Transport;

/// <summary>One server of a rig.</summary>
internal sealed class RigServer : INodeConnector
{
    private readonly TransportRig _rig;
    private readonly IPEndPoint _endpoint;
    private readonly RecordingLogger<RaftTransport> _logger = new();

    public RigServer(TransportRig rig, int number)
    {
        _rig = rig;
        _endpoint = new IPEndPoint(IPAddress.Loopback, number);
        Identity = new TransportIdentity(Messages.Id(number), $"s{number}", Messages.Cluster);
        Open();
    }

    public TransportIdentity Identity { get; set; }

    public VoterId Id => Identity.Self;

    public RecordingReceiver Receiver { get; } = new();

    public RaftConnectionHandler Handler { get; } = new();

    public RaftTransport Transport { get; private set; } = null!;

    public TestMeterFactory Meters { get; } = new();

    public IReadOnlyList<string> Lines => _logger.Lines;

    /// <summary>Hears who connects; nobody does by itself.</summary>
    public IIntroductions? Introductions { get; set; }

    public ITransportSecurity Security { get; set; } = new NoSecurity();

    /// <summary>Whether connections to it are refused.</summary>
    public bool IsDown { get; set; }

    /// <summary>Whether it reaches nobody.</summary>
    public bool CannotDial { get; set; }

    /// <summary>Whether connections to it are never answered.</summary>
    public bool IsLost { get; set; }

    /// <summary>When it tried to connect to others.</summary>
    public List<TimeSpan> Dials { get; } = [];

    /// <summary>Opens the transport, anew with the identity that it has now.</summary>
    public void Open()
    {
        Transport = new RaftTransport(new TransportParts
        {
            Runtime = _rig.Kernel.CreateRuntime(),
            Identity = Identity,
            Connector = this,
            Directory = _rig.Directory,
            Introductions = Introductions,
            Security = Security,
            Options = _rig.Options,
            Metrics = new TransportMetrics(Meters),
            Logger = _logger,
        });
        Handler.Transport = Transport;
        Transport.Start(Receiver);
    }

    public async ValueTask<NodeConnection> ConnectAsync(
        string host, int port, byte protocol, CancellationToken cancellationToken = default)
    {
        Dials.Add(_rig.Kernel.Time.Elapsed);
        RigServer other = _rig.Servers[port - 1];
        if (other.IsLost)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, _rig.Kernel.Time, cancellationToken);
        }

        if (other.IsDown || CannotDial)
        {
            throw new DiscoveryException(DiscoveryError.PeerUnreachable, "No node is reached at server: refused");
        }

        Assert.Equal(PeerDialer.Protocol, protocol);
        var wire = new StreamPair(_rig.WireBytes);
        _rig.Wires.Add(wire);
        _ = _rig.Kernel.Start(() => other.ServeAsync(wire.Server, _endpoint));
        return new NodeConnection(wire.Client, _endpoint);
    }

    /// <summary>Serves a connection as the node's port does.</summary>
    public async Task ServeAsync(Stream stream, IPEndPoint remote)
    {
        await using var connection = new NodeConnection(stream, remote);
        try
        {
            await Handler.HandleAsync(connection, CancellationToken.None);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // How connections end.
        }
    }
}
