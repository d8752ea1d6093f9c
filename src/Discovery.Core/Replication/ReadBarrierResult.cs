namespace Discovery;

/// <summary>The answer to a read barrier.</summary>
/// <param name="IsReached">True when the local state is as fresh as the mode asks for.</param>
/// <param name="Index">The index that the read may rely on.</param>
/// <param name="Refusal">Why it was not reached.</param>
public readonly record struct ReadBarrierResult(bool IsReached, ulong Index, ProposalRefusal Refusal);
