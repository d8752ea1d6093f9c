namespace Discovery.Catalog;

/// <summary>
/// How much memory all renderings of a node may take: the oldest go first, those used since they last came up get a second round.
/// </summary>
/// <remarks>
/// It keeps nothing alive. What a dead view or instance held is given back when the runtime has collected it, and until then it is what
/// goes first, for nobody uses it any more.
/// </remarks>
internal sealed class RenderingBudget(long bytesMax) : RenderingLink
{
    /// <summary>What a cell and its place in the queue take, beside the rendering.</summary>
    public const int CellBytes = 128;

    private const int QueueMin = 256;
    private readonly Lock _lock = new();
    private readonly Queue<WeakReference<RenderingCell>> _queue = new();
    private int _compactAt = QueueMin;
    private long _bytes;

    /// <summary>For what lives as long as the process and is rendered in a fixed number of ways.</summary>
    public static RenderingBudget Unlimited { get; } = new(long.MaxValue);

    /// <summary>What the renderings take now.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>How many places the queue has, those of the dead included.</summary>
    public int QueueLength
    {
        get
        {
            lock (_lock)
            {
                return _queue.Count;
            }
        }
    }

    /// <summary>Whether a rendering is kept at all: one that would push out most of the others is not.</summary>
    public bool Holds(long bytes) => bytes + CellBytes <= bytesMax / 4;

    public void Charge(RenderingCell cell, long bytes)
    {
        lock (_lock)
        {
            Interlocked.Add(ref _bytes, bytes);
            _queue.Enqueue(new WeakReference<RenderingCell>(cell));
            for (int tries = _queue.Count; Bytes > bytesMax && _queue.TryDequeue(out WeakReference<RenderingCell>? oldest); tries--)
            {
                if (oldest.TryGetTarget(out RenderingCell? target) && !target.TryEvict(evenIfUsed: tries <= 0))
                {
                    _queue.Enqueue(oldest);
                }
            }

            if (_queue.Count > _compactAt)
            {
                Compact();
            }
        }
    }

    public void Release(long bytes)
    {
        if (bytes != 0)
        {
            Interlocked.Add(ref _bytes, -bytes);
        }
    }

    // Paid for by as many additions as the queue is long.
    private void Compact()
    {
        for (int i = _queue.Count; i > 0; i--)
        {
            WeakReference<RenderingCell> place = _queue.Dequeue();
            if (place.TryGetTarget(out _))
            {
                _queue.Enqueue(place);
            }
        }

        _compactAt = Math.Max(QueueMin, _queue.Count * 2);
    }
}
