using Discovery.Protocol;

namespace Discovery.Autopilot;

/// <summary>A change of members that the rules ask for.</summary>
/// <param name="Kind">Why.</param>
/// <param name="Members">The members to be.</param>
/// <param name="Reasons">Who and why, one text for each.</param>
internal sealed record MemberPlan(ChangeKind Kind, IReadOnlyList<RaftMember> Members, IReadOnlyList<string> Reasons);
