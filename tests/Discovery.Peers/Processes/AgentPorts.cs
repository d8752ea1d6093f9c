using System.Net;
using System.Net.Sockets;

namespace Discovery.Peers.Processes;

/// <summary>The loopback ports of one agent.</summary>
internal sealed record AgentPorts(int Http, int Dns, int Server, int SerfLan, int SerfWan, int Grpc)
{
    private static readonly HashSet<int> s_given = [];

    /// <summary>Six ports that nobody listens on, for TCP and UDP, and that no other agent of this run was given.</summary>
    public static AgentPorts Take() => new(One(), One(), One(), One(), One(), One());

    /// <summary>One such port.</summary>
    public static int One()
    {
        while (true)
        {
            using Socket tcp = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            tcp.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            int port = ((IPEndPoint)tcp.LocalEndPoint!).Port;
            lock (s_given)
            {
                if (port >= 10000 && IsFreeForDatagrams(port) && s_given.Add(port))
                {
                    return port;
                }
            }
        }
    }

    /// <summary>Each port with the name that stands for it when agents are compared.</summary>
    public IEnumerable<(int Port, string Name)> Named =>
        [(Http, "<http>"), (Dns, "<dns>"), (Server, "<server>"), (SerfLan, "<serf-lan>"), (SerfWan, "<serf-wan>"), (Grpc, "<grpc>")];

    private static bool IsFreeForDatagrams(int port)
    {
        using Socket udp = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            udp.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
