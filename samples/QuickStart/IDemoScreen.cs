using Discovery;

namespace QuickStart;

/// <summary>Where the demo shows what happens, and where its wishes come from.</summary>
internal interface IDemoScreen
{
    /// <summary>Says something worth a line.</summary>
    void Say(string line);

    /// <summary>Shows the instances as they are now.</summary>
    void Show(DemoState state);

    /// <summary>Waits for the next wish: what to do to which greeter.</summary>
    Task<DemoWish> NextWishAsync(CancellationToken cancellationToken);
}

/// <summary>What is on the screen.</summary>
internal sealed record DemoState(IReadOnlyList<ServiceInstance> Instances, IReadOnlyDictionary<string, int> Answered, int Failed);

/// <summary>What to do to a greeter, or to undo.</summary>
internal readonly record struct DemoWish(int Greeter, DemoDeed Deed);

/// <summary>What can happen to a greeter.</summary>
internal enum DemoDeed
{
    BreakOrMend,
    KillOrRestart,
}
