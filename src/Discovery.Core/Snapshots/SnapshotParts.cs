using Discovery.DependencyInjection;

namespace Discovery.Snapshots;

/// <summary>What saving and restoring needs of the node.</summary>
internal sealed record SnapshotParts(CallScope Scope, IClusterOperator Cluster, NodeRuntime Runtime, IdSource Ids);
