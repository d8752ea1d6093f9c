using Discovery.Protocol;

namespace Discovery.Transport;

/// <summary>The messages of one peer.</summary>
internal sealed class IncomingMessages(IRaftReceiver receiver, VoterId from, VoterId to, TransportMetrics metrics) : IFrameHandler
{
    public ValueTask<bool> HandleAsync(FrameType type, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        // A snapshot is not told of before it is here: that message is this side's own.
        if (type != FrameType.Message
            || !MessageCodec.TryRead(content.Span, from, to, out RaftMessage? message)
            || message is InstallSnapshot)
        {
            metrics.Malformed();
            return ValueTask.FromResult(false);
        }

        metrics.ReceivedMessage(MessageCodec.KindOf(message!));
        receiver.Receive(message!);
        return ValueTask.FromResult(true);
    }
}
