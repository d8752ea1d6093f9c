namespace Discovery;

/// <summary>The leadership under which a service works.</summary>
/// <param name="Name">The election's name.</param>
/// <param name="Leadership">The leadership.</param>
public sealed record LeaderContext(string Name, ILockHandle Leadership)
{
    /// <summary>Give this to what you write to: it is refused once another node leads.</summary>
    public LockFence Fence => Leadership.Fence;
}
