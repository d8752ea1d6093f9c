namespace Discovery.Transport;

/// <summary>Asks who is at an address.</summary>
internal interface IIntroducer
{
    /// <summary>Says who this server is and hears who the other one is; it may be this server itself.</summary>
    /// <param name="address">The address.</param>
    /// <param name="vote">What is asked besides, while a cluster forms.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">Nobody is reached there, or it is no server of ours; the message is the reason.</exception>
    Task<Hello> AskAsync(PeerAddress address, FormationVote? vote, CancellationToken cancellationToken);
}
