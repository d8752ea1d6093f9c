using Discovery.Protocol;

namespace Discovery.Transport;

/// <summary>Connections as they are: readable and writable by whoever is on the network.</summary>
internal sealed class NoSecurity : ITransportSecurity
{
    public ValueTask<Stream> AsClientAsync(Stream stream, VoterId peer, PeerAddress address, CancellationToken cancellationToken) =>
        ValueTask.FromResult(stream);

    public ValueTask<Stream> AsServerAsync(Stream stream, CancellationToken cancellationToken) => ValueTask.FromResult(stream);
}
