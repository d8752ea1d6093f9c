namespace Discovery.Peers.Processes;

internal enum AgentKind
{
    /// <summary>The real Consul 1.8.7.</summary>
    Consul,

    /// <summary>samples/Node.</summary>
    Ours,
}
