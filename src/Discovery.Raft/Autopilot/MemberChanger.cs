using Discovery.Driver;
using Discovery.Protocol;

namespace Discovery.Autopilot;

/// <summary>Changes the members on their leader, and waits until the change is in force.</summary>
internal static class MemberChanger
{
    /// <summary>Proposes once.</summary>
    /// <param name="driver">The leader.</param>
    /// <param name="change">The members to be, from those that are; null when there is nothing to change.</param>
    /// <param name="cancellationToken">Gives up waiting; the change may be made still.</param>
    /// <returns>What came of the proposal, and whether it is committed to the end.</returns>
    public static async Task<(ProposeStatus Status, bool IsInForce)> ChangeAsync(
        RaftDriver driver, Func<RaftConfiguration, IReadOnlyCollection<RaftMember>?> change, CancellationToken cancellationToken)
    {
        (ProposeStatus status, LogPosition at) = await driver.CallAsync(
            (core, now) => core.Role == RaftRole.Leader && change(core.Configuration) is { } members
                ? (core.ProposeMembers(members, now, out LogPosition position), position)
                : (ProposeStatus.NotLeader, LogPosition.Zero),
            cancellationToken);
        return (status, status == ProposeStatus.Appended && await IsInForceAsync(driver, at, cancellationToken));
    }

    /// <summary>Waits until no change is under way; false when this server does not lead any more.</summary>
    public static Task<bool> SettleAsync(RaftDriver driver, CancellationToken cancellationToken) =>
        IsInForceAsync(driver, LogPosition.Zero, cancellationToken);

    // A change of voters is two entries, and the leader makes the second once the first is committed.
    private static async Task<bool> IsInForceAsync(RaftDriver driver, LogPosition at, CancellationToken cancellationToken)
    {
        ulong next = at.Index;
        while (await driver.WaitAppliedAsync(next, cancellationToken))
        {
            (bool isLeading, bool isOver, ulong index) = await driver.CallAsync(
                static (core, _) => (
                    core.Role == RaftRole.Leader, !core.Configuration.IsJoint && core.IsConfigurationCommitted, core.Members.Index),
                cancellationToken);
            if (!isLeading || isOver)
            {
                return isLeading;
            }

            next = index;
        }

        return false;
    }
}
