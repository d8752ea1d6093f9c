namespace Discovery.Simulation;

/// <summary>Virtual time: what is to happen, in order; at equal times in the order of asking.</summary>
internal sealed class EventQueue
{
    private readonly PriorityQueue<Action, (long At, long Number)> _queue = new();
    private long _number;

    public TimeSpan Now { get; private set; }

    public long Count { get; private set; }

    public void At(TimeSpan at, Action action) => _queue.Enqueue(action, (Math.Max(at.Ticks, Now.Ticks), ++_number));

    public void After(TimeSpan delay, Action action) => At(Now + delay, action);

    public void RunUntil(TimeSpan end)
    {
        while (_queue.TryPeek(out Action? action, out (long At, long Number) next) && next.At <= end.Ticks)
        {
            _queue.Dequeue();
            Now = new TimeSpan(next.At);
            Count++;
            action();
        }

        Now = end;
    }
}
