using Discovery.Protocol;

namespace Discovery.Transport;

/// <summary>Where the other servers are; asked each time one is connected to, so that a server may move.</summary>
internal interface IPeerDirectory
{
    /// <summary>The address of a server; false when none is known. Never waits; from any thread.</summary>
    bool TryFind(VoterId id, out PeerAddress address);
}
