namespace Discovery.Autopilot;

/// <summary>Why the leader changes the members by itself.</summary>
internal enum ChangeKind
{
    /// <summary>New servers become members.</summary>
    Join,

    /// <summary>Learners get a vote.</summary>
    Promotion,

    /// <summary>Failed servers go.</summary>
    Removal,
}
