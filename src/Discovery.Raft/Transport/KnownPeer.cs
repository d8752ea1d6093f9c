using Discovery.Protocol;

namespace Discovery.Transport;

/// <summary>A server that another one knows, as it tells a third.</summary>
/// <param name="Id">Who.</param>
/// <param name="Name">Its node name.</param>
/// <param name="Address">Where it was reached.</param>
internal sealed record KnownPeer(VoterId Id, string Name, PeerAddress Address);
