namespace Discovery;

/// <summary>The log's answer to a proposal.</summary>
/// <param name="Outcome">What is known.</param>
/// <param name="Command">The state machine's answer, when applied.</param>
/// <param name="Refusal">Why not, or why it is not known.</param>
public readonly record struct ProposalResult(ProposalOutcome Outcome, CommandOutcome Command, ProposalRefusal Refusal)
{
    /// <summary>The proposal was applied.</summary>
    /// <param name="command">The state machine's answer.</param>
    public static ProposalResult Applied(CommandOutcome command) => new(ProposalOutcome.Applied, command, ProposalRefusal.None);

    /// <summary>The proposal is surely not applied.</summary>
    /// <param name="refusal">Why.</param>
    public static ProposalResult NotApplied(ProposalRefusal refusal) => new(ProposalOutcome.NotApplied, default, refusal);

    /// <summary>The outcome is unknown.</summary>
    /// <param name="refusal">Why.</param>
    public static ProposalResult Unknown(ProposalRefusal refusal) => new(ProposalOutcome.Unknown, default, refusal);
}
