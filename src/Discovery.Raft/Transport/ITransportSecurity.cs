using Discovery.Protocol;

namespace Discovery.Transport;

/// <summary>Wraps connections between servers, after their first byte and before their hello: where TLS goes.</summary>
/// <remarks>What it throws, as <see cref="IOException"/>, is told as the reason why the connection was not made.</remarks>
internal interface ITransportSecurity
{
    /// <summary>Wraps the side that opened the connection.</summary>
    ValueTask<Stream> AsClientAsync(Stream stream, VoterId peer, PeerAddress address, CancellationToken cancellationToken);

    /// <summary>Wraps the side that the connection came to.</summary>
    ValueTask<Stream> AsServerAsync(Stream stream, CancellationToken cancellationToken);
}
