using System.Diagnostics.Tracing;

namespace Discovery.Testing;

/// <summary>Sees every hand-over to the thread pool on the thread that makes it, and tells the kernel which that thread pumps.</summary>
internal sealed class PoolQueueListener : EventListener
{
    private const int EnqueueWork = 30;
    private const EventKeywords ThreadPoolKeyword = (EventKeywords)0x2;

    private static readonly PoolQueueListener Instance = Create();

    /// <summary>Sets what is called when the current thread hands work to the pool; null for nothing.</summary>
    /// <returns>What was called before.</returns>
    internal static Action? Watch(Action? queued)
    {
        GC.KeepAlive(Instance);
        Action? before = Current.Queued;
        Current.Queued = queued;
        return before;
    }

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == "System.Diagnostics.Eventing.FrameworkEventSource")
        {
            EnableEvents(eventSource, EventLevel.Verbose, ThreadPoolKeyword);
        }
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.EventId == EnqueueWork)
        {
            Current.Queued?.Invoke();
        }
    }

    /// <summary>The pool looks at its listeners when a worker begins a dispatch, so one must begin before the first kernel runs.</summary>
    private static PoolQueueListener Create()
    {
        PoolQueueListener listener = new();
        using ManualResetEventSlim dispatched = new();
        Thread starter = new(() => ThreadPool.UnsafeQueueUserWorkItem(static e => e.Set(), dispatched, preferLocal: false));
        starter.Start();
        dispatched.Wait();
        starter.Join();
        return listener;
    }

    /// <summary>
    /// Apart from the listener: events come from threads of the pool while the listener's own initializer still waits for one of them,
    /// and whatever touched the listener's fields then would wait for that initializer.
    /// </summary>
    private static class Current
    {
        [ThreadStatic]
        internal static Action? Queued;
    }
}
