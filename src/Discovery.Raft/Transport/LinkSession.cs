namespace Discovery.Transport;

/// <summary>One life of a link: from the attempt to connect to the end of the connection.</summary>
internal abstract class LinkSession(SendQueue queue) : IFrameHandler
{
    public SendQueue Queue => queue;

    public virtual bool IsWaiting => false;

    /// <summary>Adds something to be sent; false when the queue is full.</summary>
    public virtual bool TryAdd(object item, long bytes, Lane lane) => queue.TryAdd(item, bytes, lane);

    public abstract ValueTask<bool> HandleAsync(FrameType type, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>It is over, and nothing is added any more.</summary>
    public abstract void OnEnded(bool isStopping);
}
