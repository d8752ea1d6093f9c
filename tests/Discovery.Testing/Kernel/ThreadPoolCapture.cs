using System.Reflection;
using System.Runtime.CompilerServices;

namespace Discovery.Testing;

/// <summary>Keeps what the pumping thread hands to the thread pool on the pumping thread.</summary>
/// <remarks>
/// The framework's own combinators (<c>Task.WhenAny</c>, <c>WhenAll</c>, <c>WaitAsync</c>, <c>SemaphoreSlim.WaitAsync(token)</c>) and
/// every <c>ConfigureAwait(false)</c> hop through the pool when a source completes with <c>RunContinuationsAsynchronously</c>. Such a
/// hop is pushed to the local queue of the thread that makes it. While a kernel is pumped its thread is given a local queue that no
/// pool thread knows of; the kernel takes the items from there and runs them as steps of its own. This reaches into private types of
/// the runtime; where they are not as expected, <see cref="Available"/> is false and a hop is an escape.
/// </remarks>
internal sealed class ThreadPoolCapture
{
    private const BindingFlags AnyInstance = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
    private const BindingFlags AnyStatic = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;
    private static readonly Type? LocalsType = typeof(object).Assembly.GetType("System.Threading.ThreadPoolWorkQueueThreadLocals");
    private static readonly FieldInfo? CurrentLocals = LocalsType?.GetField("threadLocals", AnyStatic);
    private static readonly FieldInfo? LocalQueue = LocalsType?.GetField("workStealingQueue", AnyInstance);
    private static readonly FieldInfo? OwnerQueue = LocalsType?.GetField("workQueue", AnyInstance);
    private static readonly FieldInfo? PoolQueue = typeof(ThreadPool).GetField("s_workQueue", AnyStatic);
    private static readonly MethodInfo? PopMethod = LocalQueue?.FieldType.GetMethod("LocalPop", AnyInstance, Type.EmptyTypes);
    private static readonly MethodInfo? ExecuteTask = typeof(Task).GetMethod("ExecuteFromThreadPool", AnyInstance, [typeof(Thread)]);

    private readonly object _locals;
    private readonly Func<object?> _pop;
    private object? _replaced;

    private ThreadPoolCapture()
    {
        _locals = RuntimeHelpers.GetUninitializedObject(LocalsType!);
        GC.SuppressFinalize(_locals);
        object queue = Activator.CreateInstance(LocalQueue!.FieldType, nonPublic: true)!;
        LocalQueue.SetValue(_locals, queue);
        OwnerQueue!.SetValue(_locals, PoolQueue!.GetValue(null));
        _pop = PopMethod!.CreateDelegate<Func<object?>>(queue);
    }

    internal static bool Available { get; } =
        CurrentLocals is not null && OwnerQueue is not null && PoolQueue is not null && PopMethod is not null && ExecuteTask is not null;

    internal static ThreadPoolCapture? TryCreate() => Available ? new ThreadPoolCapture() : null;

    /// <summary>Runs what <see cref="TryTake"/> returned, as the pool would.</summary>
    internal static void Execute(object item)
    {
        if (item is Task)
        {
            ExecuteTask!.Invoke(item, [Thread.CurrentThread]);
        }
        else
        {
            ((IThreadPoolWorkItem)item).Execute();
        }
    }

    internal void Begin()
    {
        _replaced = CurrentLocals!.GetValue(null);
        CurrentLocals.SetValue(null, _locals);
    }

    internal void End() => CurrentLocals!.SetValue(null, _replaced);

    /// <summary>Takes the newest item that the pumping thread queued.</summary>
    internal object? TryTake() => _pop();
}
