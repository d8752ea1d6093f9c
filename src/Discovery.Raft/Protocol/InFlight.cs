namespace Discovery.Protocol;

/// <summary>The messages with entries that a peer has not acknowledged.</summary>
internal sealed class InFlight
{
    private readonly Queue<(ulong Last, long Bytes)> _messages = new();
    public long Bytes { get; private set; }

    public bool IsEmpty => _messages.Count == 0;

    public bool IsFull(RaftCoreOptions options) =>
        _messages.Count >= options.InFlightMessagesMax || Bytes >= options.InFlightBytesMax;

    public void Add(ulong last, long bytes)
    {
        _messages.Enqueue((last, bytes));
        Bytes += bytes;
    }

    public void AcknowledgeTo(ulong match)
    {
        while (_messages.TryPeek(out (ulong Last, long Bytes) oldest) && oldest.Last <= match)
        {
            Bytes -= oldest.Bytes;
            _messages.Dequeue();
        }
    }

    public void Clear()
    {
        _messages.Clear();
        Bytes = 0;
    }
}
