using Discovery.Wire;

namespace Discovery.Consul;

/// <summary>Finds a server of the log's configuration as an operator names it, and says in Consul's words that there is none.</summary>
internal static class ClusterServers
{
    /// <exception cref="ApiException">There is none of this id.</exception>
    public static ClusterServer ById(ClusterConfiguration configuration, string id) =>
        configuration.Servers.FirstOrDefault(server => string.Equals(server.NodeId.ToString("D"), id, StringComparison.Ordinal))
        ?? throw Missing("id", id);

    /// <exception cref="ApiException">There is none at this address.</exception>
    public static ClusterServer ByAddress(ClusterConfiguration configuration, string address) =>
        configuration.Servers.FirstOrDefault(
            server => address.Length > 0 && string.Equals(server.Address, address, StringComparison.Ordinal))
        ?? throw Missing("address", address);

    private static ApiException Missing(string kind, string name) =>
        new(500, $"{kind} {GoQuote.Quote(name)} was not found in the Raft configuration");
}
