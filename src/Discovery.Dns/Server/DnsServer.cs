using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Discovery.Server;

/// <summary>Listens while the host runs: from after its node has started until before that leaves.</summary>
internal sealed class DnsServer(DnsEngine engine, Recursors recursors, ILogger<DnsServer> logger) : IHostedService, IDnsServer
{
    private const int PortTriesMax = 16;

    private readonly List<UdpListener> _udp = [];
    private readonly List<TcpListener> _tcp = [];
    private IReadOnlyList<IPEndPoint> _endpoints = [];

    public IReadOnlyList<IPEndPoint> Endpoints => Volatile.Read(ref _endpoints);

    /// <summary>What ended a listener before its time; null while all listen.</summary>
    public Exception? Failure =>
        _udp.Select(static one => one.Failure).Concat(_tcp.Select(static one => one.Failure)).FirstOrDefault(static e => e is not null);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        DnsOptions options = engine.Source.AtStart;
        IPAddress[] addresses = options.Addresses.Count == 0
            ? [IPAddress.Loopback]
            : [.. options.Addresses.Select(IPAddress.Parse).Distinct()];
        int port = options.Port;
        for (int tries = 1; !TryListen(addresses, port, isLastTry: port > 0 || tries == PortTriesMax); tries++)
        {
            await CloseAsync();
        }

        foreach (UdpListener listener in _udp)
        {
            listener.Start();
        }

        foreach (TcpListener listener in _tcp)
        {
            listener.Start();
        }

        IPEndPoint[] endpoints = [.. _udp.Select(static one => one.Endpoint)];
        Volatile.Write(ref _endpoints, endpoints);
        recursors.LeaveOut(endpoints);
        Log.Listening(logger, string.Join<IPEndPoint>(", ", endpoints), options.Domain);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await CloseAsync();
        Volatile.Write(ref _endpoints, []);
    }

    // With any port the one that UDP was given must be free for TCP too, on all addresses; where it is not, another is tried.
    private bool TryListen(IPAddress[] addresses, int port, bool isLastTry)
    {
        IPEndPoint endpoint = new(addresses[0], port);
        try
        {
            foreach (IPAddress address in addresses)
            {
                endpoint = new IPEndPoint(address, port);
                var udp = new UdpListener(engine, endpoint);
                _udp.Add(udp);
                port = udp.Endpoint.Port;
                endpoint = new IPEndPoint(address, port);
                _tcp.Add(new TcpListener(engine, endpoint));
            }

            return true;
        }
        catch (SocketException e)
        {
            return !isLastTry ? false : throw new InvalidOperationException(
                $"The DNS server cannot listen on {endpoint} ({e.SocketErrorCode}): {e.Message}. "
                + "Choose another port with Discovery:Dns:Port, or other addresses with Discovery:Dns:Addresses.",
                e);
        }
    }

    private async Task CloseAsync()
    {
        foreach (UdpListener listener in _udp)
        {
            listener.Dispose();
        }

        foreach (TcpListener listener in _tcp)
        {
            await listener.DisposeAsync();
        }

        _udp.Clear();
        _tcp.Clear();
    }
}
