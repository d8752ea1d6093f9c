using Microsoft.Extensions.Logging;

namespace Discovery.Rpc;

/// <summary>Where a connection's snapshot comes from and goes to, and where its trouble is told.</summary>
internal sealed record SnapshotSource(IClusterSnapshots Snapshots, ILogger Logger);
