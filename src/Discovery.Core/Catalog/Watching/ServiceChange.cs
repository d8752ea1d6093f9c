namespace Discovery;

/// <summary>One item of a watch.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Position">Pass it as <see cref="WatchOptions.ResumeFrom"/> to go on after this item.</param>
/// <param name="Instances">All instances, for <see cref="ServiceChangeKind.Current"/> and <see cref="ServiceChangeKind.Resync"/>.</param>
/// <param name="Deltas">What changed, for <see cref="ServiceChangeKind.Delta"/>, in order of node and id.</param>
public sealed record ServiceChange(
    ServiceChangeKind Kind, StatePosition Position, IReadOnlyList<ServiceInstance> Instances, IReadOnlyList<ServiceDelta> Deltas);
