namespace Discovery.Replication;

/// <summary>One client id with its sequence numbers, and which of them are still unanswered.</summary>
internal sealed class ClientSession(Guid clientId)
{
    private readonly Lock _lock = new();
    private readonly Queue<Ticket> _unanswered = new();
    private ulong _sequence;

    public Guid ClientId { get; } = clientId;

    /// <summary>Takes the next number; null when that would push an unanswered one out of the log's window of sequence numbers.</summary>
    public Ticket? TryTake()
    {
        lock (_lock)
        {
            while (_unanswered.TryPeek(out Ticket? oldest) && oldest.IsDone)
            {
                _unanswered.Dequeue();
            }

            if (_unanswered.TryPeek(out Ticket? first) && _sequence + 1 - first.Sequence >= State.ClientEditor.WindowSequences)
            {
                return null;
            }

            var ticket = new Ticket(++_sequence);
            _unanswered.Enqueue(ticket);
            return ticket;
        }
    }

    /// <summary>A sequence number in use; done when its command is answered or given up.</summary>
    internal sealed class Ticket(ulong sequence)
    {
        private int _done;

        public ulong Sequence { get; } = sequence;

        public bool IsDone => Volatile.Read(ref _done) != 0;

        public void End() => Volatile.Write(ref _done, 1);
    }
}
