namespace Discovery.Transport;

/// <summary>Takes what comes on a connection.</summary>
internal interface IFrameHandler
{
    /// <summary>Whether something is still to come on the connection, so that it is in use though nothing is sent.</summary>
    bool IsWaiting => false;

    /// <summary>Takes one content; nothing more is read until this has ended.</summary>
    /// <param name="type">What it is; never <see cref="FrameType.Alive"/>.</param>
    /// <param name="content">The bytes, valid until this has ended.</param>
    /// <param name="cancellationToken">Cancelled when the connection ends.</param>
    /// <returns>False when it makes no sense here: the connection is then closed.</returns>
    ValueTask<bool> HandleAsync(FrameType type, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);
}
