using Discovery.Protocol;

namespace Discovery.Simulation;

/// <summary>The replicated state after an entry: what a snapshot holds.</summary>
internal sealed record RegisterImage(LogPosition Last, ulong Hash, long[] Values);
