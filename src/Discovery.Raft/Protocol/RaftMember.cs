namespace Discovery.Protocol;

/// <summary>A member of a configuration.</summary>
/// <param name="Id">Who.</param>
/// <param name="Role">What it counts for.</param>
internal readonly record struct RaftMember(VoterId Id, MemberRole Role)
{
    /// <summary>Whether it takes part in elections and majorities.</summary>
    public bool Votes => Role != MemberRole.Learner;
}
