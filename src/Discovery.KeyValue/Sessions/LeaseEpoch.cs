namespace Discovery.Sessions;

/// <summary>
/// The beginning of the present leader's right to end leases: what an earlier one had proposed and comes late is refused by it.
/// </summary>
/// <param name="Index">The index of the entry that began it.</param>
internal sealed record LeaseEpoch(ulong Index);
