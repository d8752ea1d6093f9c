namespace Discovery.Transport;

/// <summary>The outcome of a forwarded proposal on its way back.</summary>
internal sealed record ForwardAnswer(ulong Id, ProposalResult Result);
