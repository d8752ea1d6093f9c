using System.Net;

namespace Discovery;

/// <summary>Calls methods of other nodes. Connections and streams are kept and used again.</summary>
public interface IRpcClient
{
    /// <summary>Calls a method.</summary>
    /// <remarks>
    /// The first server is asked; one that cannot be reached is followed by the next, and so is one that knows no leader, with a pause,
    /// until <see cref="RpcOptions.HoldTimeout"/> has passed since the first attempt. A read is tried again too when its connection broke;
    /// a write is not, for nobody knows what became of it.
    /// </remarks>
    /// <param name="servers">Who may answer, in the order in which they are asked; at least one.</param>
    /// <param name="method">Service and method with a dot between.</param>
    /// <param name="body">The arguments: one MessagePack value in the old format, without str8 and bin.</param>
    /// <param name="options">What kind of call it is and how long it may take; null for a write with the defaults.</param>
    /// <param name="cancellationToken">Gives up; a call that was sent may be carried out nevertheless.</param>
    /// <returns>The reply: one MessagePack value.</returns>
    /// <exception cref="DiscoveryException">
    /// The server refuses the call, by its message, or none is reached (<see cref="DiscoveryError.PeerUnreachable"/>); what is known of a
    /// write stands in <see cref="DiscoveryException.WriteOutcome"/>.
    /// </exception>
    ValueTask<ReadOnlyMemory<byte>> CallAsync(
        IReadOnlyList<DnsEndPoint> servers,
        string method,
        ReadOnlyMemory<byte> body,
        RpcCallOptions? options = null,
        CancellationToken cancellationToken = default);
}
