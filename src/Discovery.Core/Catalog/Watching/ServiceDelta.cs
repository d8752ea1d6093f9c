namespace Discovery;

/// <summary>What happened to one instance.</summary>
/// <param name="Old">The instance before, null when it was added.</param>
/// <param name="New">The instance after, null when it was removed.</param>
public sealed record ServiceDelta(ServiceInstance? Old, ServiceInstance? New)
{
    /// <summary>The instance after, or before if it was removed.</summary>
    public ServiceInstance Instance => New ?? Old!;
}
