namespace Discovery.Transport;

/// <summary>What waits to be sent on a connection: bounded, and nobody who adds to it waits.</summary>
/// <param name="itemsMax">How many things may wait in each lane.</param>
/// <param name="bytesMax">How many bytes may.</param>
/// <param name="sendsInline">Whether who adds something sends it too, when nobody is at it.</param>
internal sealed class SendQueue(int itemsMax, long bytesMax, bool sendsInline = false)
{
    private readonly Lock _lock = new();
    private readonly Line _quick = new();
    private readonly Line _slow = new();
    private bool _isClosed;

    /// <summary>Wakes the one who sends.</summary>
    public AsyncSignal Filled { get; } = new(sendsInline);

    /// <summary>Wakes the one who waits for room, if somebody does.</summary>
    public AsyncSignal Taken { get; } = new();

    /// <summary>How many things were added so far.</summary>
    public long Added { get; private set; }

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _quick.Items.Count + _slow.Items.Count;
            }
        }
    }

    /// <summary>
    /// Adds something; false when its lane is full or the queue is closed. A single thing larger than the limit goes into an empty lane.
    /// </summary>
    public bool TryAdd(object item, long bytes, Lane lane)
    {
        lock (_lock)
        {
            Line line = LineOf(lane);
            bool isFull = line.Items.Count >= itemsMax || (line.Items.Count > 0 && line.Bytes + bytes > bytesMax);
            if (isFull || _isClosed)
            {
                return false;
            }

            line.Items.Enqueue((item, bytes));
            line.Bytes += bytes;
            Added++;
        }

        Filled.Set();
        return true;
    }

    public bool TryTake(Lane lane, out object item)
    {
        lock (_lock)
        {
            Line line = LineOf(lane);
            if (!line.Items.TryDequeue(out (object Item, long Bytes) next))
            {
                item = null!;
                return false;
            }

            line.Bytes -= next.Bytes;
            item = next.Item;
        }

        Taken.Set();
        return true;
    }

    /// <summary>Takes nothing more, drops all that waits, and tells how much it was.</summary>
    public int Close()
    {
        lock (_lock)
        {
            _isClosed = true;
            return _quick.Clear() + _slow.Clear();
        }
    }

    private Line LineOf(Lane lane) => lane == Lane.Quick ? _quick : _slow;

    private sealed class Line
    {
        public Queue<(object Item, long Bytes)> Items { get; } = [];

        public long Bytes { get; set; }

        public int Clear()
        {
            int count = Items.Count;
            Items.Clear();
            Bytes = 0;
            return count;
        }
    }
}
