using System.Reflection;

namespace Discovery.Agent;

/// <summary>An agent that keeps what it is given, and whose catalog never shows it.</summary>
public class UnshownAgent : DispatchProxy
{
    internal ILocalAgent Real { get; set; } = null!;

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        object? result = targetMethod!.Invoke(Real, args);
        return result is ValueTask kept ? new ValueTask(NeverAsync(kept.AsTask(), (CancellationToken)args![^1]!)) : result;
    }

    private static async Task NeverAsync(Task kept, CancellationToken cancellationToken)
    {
        await kept;
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
    }
}
