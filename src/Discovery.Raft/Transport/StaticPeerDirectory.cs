using System.Collections.Concurrent;
using Discovery.Protocol;

namespace Discovery.Transport;

/// <summary>Addresses that somebody has set, by node id: whichever log the node has, it is at that address.</summary>
internal sealed class StaticPeerDirectory : IPeerDirectory
{
    private readonly ConcurrentDictionary<Guid, PeerAddress> _addresses = new();

    /// <summary>Sets or changes the address of a node.</summary>
    public void Set(Guid node, PeerAddress address) => _addresses[node] = address;

    public void Remove(Guid node) => _addresses.TryRemove(node, out _);

    public bool TryFind(VoterId id, out PeerAddress address) => _addresses.TryGetValue(id.Node, out address);
}
