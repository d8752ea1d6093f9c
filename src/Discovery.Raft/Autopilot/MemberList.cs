using Discovery.Protocol;

namespace Discovery.Autopilot;

/// <summary>The members as a server's log has them.</summary>
/// <param name="Configuration">The configuration in force.</param>
/// <param name="Removed">Those of the servers heard who were members and are none any more.</param>
internal sealed record MemberList(RaftConfiguration Configuration, IReadOnlySet<VoterId> Removed);
