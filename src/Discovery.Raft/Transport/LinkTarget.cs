using Discovery.Protocol;

namespace Discovery.Transport;

/// <summary>Where a link goes, and what for.</summary>
internal sealed record LinkTarget(VoterId Peer, Purpose Purpose, ReassemblyBudget Budget);
