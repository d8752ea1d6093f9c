using Discovery.Testing;

namespace Discovery.Peers.Processes;

/// <summary>The loopback ports of one agent.</summary>
internal sealed record AgentPorts(int Http, int Dns, int Server, int SerfLan, int SerfWan, int Grpc)
{
    /// <summary>Six ports that nobody listens on, for TCP and UDP, and that no other agent of this run was given.</summary>
    public static AgentPorts Take() => new(One(), One(), One(), One(), One(), One());

    /// <summary>One such port.</summary>
    public static int One() => LoopbackPorts.One();

    /// <summary>Each port with the name that stands for it when agents are compared.</summary>
    public IEnumerable<(int Port, string Name)> Named =>
        [(Http, "<http>"), (Dns, "<dns>"), (Server, "<server>"), (SerfLan, "<serf-lan>"), (SerfWan, "<serf-wan>"), (Grpc, "<grpc>")];
}
