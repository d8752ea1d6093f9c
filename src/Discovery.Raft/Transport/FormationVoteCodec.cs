using Discovery.Protocol;
using Discovery.Wire;

namespace Discovery.Transport;

/// <summary>A vote as bytes, on the wire and on the disk.</summary>
/// <remarks>step 1 | ballot: round 8, node 16, log 16 | accepted: the same 40 | length of the members 2 | members</remarks>
internal static class FormationVoteCodec
{
    public static void Write(FormationVote vote, WireBuffer into)
    {
        Invariant.Check(vote.Members is { IsJoint: false, Members.Length: <= FormationVote.MembersMax }, "a vote for no beginning");
        byte[] members = vote.Members.Encode();
        into.WriteByte((byte)vote.Step);
        Write(vote.Ballot, into);
        Write(vote.Accepted, into);
        into.WriteUInt16((ushort)members.Length);
        into.Write(members);
    }

    public static bool TryRead(ref FieldReader reader, out FormationVote vote)
    {
        vote = FormationVote.None;
        bool isThere = reader.TryByte(out byte step)
            & TryBallot(ref reader, out Ballot ballot)
            & TryBallot(ref reader, out Ballot accepted)
            & reader.TryUInt16(out ushort length)
            & reader.TryTake(length, out ReadOnlySpan<byte> bytes);
        if (!isThere || step > (byte)FormationStep.Accept || length > RaftConfiguration.EncodedBytes(FormationVote.MembersMax)
            || !RaftConfiguration.TryDecode(bytes, out RaftConfiguration members) || members.IsJoint)
        {
            return false;
        }

        vote = new FormationVote((FormationStep)step, ballot, accepted, members);
        return true;
    }

    private static void Write(Ballot ballot, WireBuffer into)
    {
        into.WriteUInt64(ballot.Round);
        into.WriteVoter(ballot.By);
    }

    private static bool TryBallot(ref FieldReader reader, out Ballot ballot)
    {
        bool isThere = reader.TryUInt64(out ulong round) & reader.TryVoter(out VoterId by);
        ballot = new Ballot(round, by);
        return isThere;
    }
}
