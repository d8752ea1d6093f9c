using System.Collections.Immutable;
using Discovery.Protocol;

namespace Discovery.Simulation;

/// <summary>What a leader sends to a witness is synced on two full copies, or on one if the leader says that it has one only.</summary>
/// <remarks>
/// A witness grants no vote to whoever has less than it has, and cannot lead itself: with what the remaining full copies do not have, it
/// stands in the way of each of them. Heartbeats and snapshots tell of what is committed, which is for <see cref="CommitQuorum"/>.
/// </remarks>
internal sealed class WitnessBehindCopies(World world)
{
    public void OnSend(Server leader, RaftMessage message)
    {
        RaftCore core = leader.Core!;
        bool isForWitness = message is AppendRequest { Entries.Count: > 0 }
            && core.Configuration.TryFind(message.To, out RaftMember member) && member.Role == MemberRole.Witness;
        if (!isForWitness || core.Role != RaftRole.Leader || core.Term != message.Term)
        {
            return;
        }

        LogEntry last = ((AppendRequest)message).Entries[^1];
        var position = new LogPosition(last.Index, last.Term);
        ImmutableArray<VoterId> copies = Quorum.Copies(core.Configuration);
        int holding = copies.Count(id => MayHold(id, position, core.Term));
        world.Coverage.Count("appends to witnesses");
        if (holding < (core.IsSingleCopy ? 1 : Quorum.CopiesWanted))
        {
            throw new SimulationFailure(
                nameof(WitnessBehindCopies),
                $"s{leader.Number} sends {Describe.At(position)} to its witness, and {holding} of {copies.Length} full copies have it");
        }
    }

    // Whoever has gone on to a later term may have acknowledged it and dropped it since, and a disk that was lost may have had it.
    private bool MayHold(VoterId id, LogPosition position, ulong term) =>
        world.Find(id) is not { } server || server.Disk.View.State.Term > term || server.Disk.Durable.Holds(position);
}
