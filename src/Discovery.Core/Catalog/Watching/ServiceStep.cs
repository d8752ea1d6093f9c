namespace Discovery.Catalog;

/// <summary>What one command did to one service.</summary>
/// <param name="Index">The command's index.</param>
/// <param name="Deltas">The instances whose looks changed, in order of node and id; at least one.</param>
internal sealed record ServiceStep(ulong Index, List<ServiceDelta> Deltas);
