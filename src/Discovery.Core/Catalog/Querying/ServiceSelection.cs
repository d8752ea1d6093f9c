namespace Discovery;

/// <summary>The instances that a query selected, and the view that they were selected from.</summary>
/// <param name="View">All of the service, at the same moment; what was rendered of it is found there.</param>
/// <param name="Instances">
/// The selected ones. Without tags, metadata, filter and node to be near, this is the view's own list
/// (<see cref="ServiceView.All"/>, <see cref="ServiceView.Available"/> or <see cref="ServiceView.Passing"/>), the same object.
/// </param>
public sealed record ServiceSelection(ServiceView View, IReadOnlyList<ServiceInstance> Instances);
