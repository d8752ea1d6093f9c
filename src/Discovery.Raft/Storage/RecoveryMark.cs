using Discovery.Protocol;

namespace Discovery.Storage;

/// <summary>That a server went on alone in a cluster of its own, after the quorum of the one before was lost.</summary>
/// <param name="Before">The cluster that was given up.</param>
/// <param name="At">The entry by which it is the only member of the new one.</param>
/// <param name="IsPending">Whether something of it is still to be done.</param>
internal sealed record RecoveryMark(Guid Before, LogPosition At, bool IsPending);
