namespace Discovery.Transport;

/// <summary>The messages to one peer, which says nothing on that connection; it answers on its own.</summary>
internal sealed class MessageSession(TransportOptions options, TransportMetrics metrics)
    : LinkSession(new SendQueue(options.QueueMessagesMax, options.QueueBytesMax, sendsInline: true))
{
    public override ValueTask<bool> HandleAsync(
        FrameType type, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => ValueTask.FromResult(false);

    public override void OnEnded(bool isStopping)
    {
        if (Queue.Close() is var lost and > 0)
        {
            metrics.Dropped("lost", lost);
        }
    }
}
