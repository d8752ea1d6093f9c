namespace Discovery;

/// <summary>What is known of a proposal.</summary>
public enum ProposalOutcome
{
    /// <summary>It was committed and applied; the answer carries index and result.</summary>
    Applied,

    /// <summary>It is surely not in the log and never will be; the answer carries the reason.</summary>
    NotApplied,

    /// <summary>It may have been applied, may yet be, or may never be; repeating it with the same client and sequence is safe.</summary>
    Unknown,
}
