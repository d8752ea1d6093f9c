using Discovery.Protocol;
using Discovery.Wire;

namespace Discovery.Transport;

/// <summary>Forwarded proposals and their answers as bytes.</summary>
/// <remarks>
/// <code>
/// proposal  request id 8 | entry kind 1 | command id 2 | client id 16 | sequence 8 | body, to the end
/// answer    request id 8 | outcome 1 | refusal 1 | status 1 | index 8 | result, to the end
/// </code>
/// Outcome, refusal and status are the numbers of <see cref="ProposalOutcome"/>, <see cref="ProposalRefusal"/> and
/// <see cref="CommandStatus"/>.
/// </remarks>
internal static class ProposalCodec
{
    public static void WriteHead(ulong id, in ForwardedProposal proposal, WireBuffer into)
    {
        into.WriteUInt64(id);
        into.WriteByte((byte)proposal.Kind);
        into.WriteUInt16(proposal.CommandId);
        into.WriteGuid(proposal.ClientId);
        into.WriteUInt64(proposal.Sequence);
    }

    public static bool TryRead(ReadOnlySpan<byte> bytes, out ulong id, out ForwardedProposal proposal)
    {
        var reader = new FieldReader(bytes);
        bool isThere = reader.TryUInt64(out id)
            & reader.TryByte(out byte kind)
            & reader.TryUInt16(out ushort command)
            & reader.TryGuid(out Guid client)
            & reader.TryUInt64(out ulong sequence);

        // Nobody else may make configurations.
        if (!isThere || (EntryKind)kind is not (EntryKind.Command or EntryKind.Restore or EntryKind.Operation))
        {
            proposal = default;
            return false;
        }

        proposal = new ForwardedProposal((EntryKind)kind, command, client, sequence, reader.TakeRest().ToArray());
        return true;
    }

    public static void WriteAnswerHead(ulong id, in ProposalResult result, WireBuffer into)
    {
        into.WriteUInt64(id);
        into.WriteByte((byte)result.Outcome);
        into.WriteByte((byte)result.Refusal);
        into.WriteByte((byte)result.Command.Status);
        into.WriteUInt64(result.Command.Index);
    }

    public static bool TryReadAnswer(ReadOnlySpan<byte> bytes, out ulong id, out ProposalResult result)
    {
        var reader = new FieldReader(bytes);
        bool isThere = reader.TryUInt64(out id)
            & reader.TryByte(out byte outcome)
            & reader.TryByte(out byte refusal)
            & reader.TryByte(out byte status)
            & reader.TryUInt64(out ulong index);
        if (!isThere
            || (ProposalOutcome)outcome > ProposalOutcome.Unknown
            || (ProposalRefusal)refusal > ProposalRefusal.UnknownCommand
            || (CommandStatus)status > CommandStatus.TooManyChanges)
        {
            result = default;
            return false;
        }

        result = new ProposalResult(
            (ProposalOutcome)outcome,
            new CommandOutcome(index, (CommandStatus)status, reader.TakeRest().ToArray()),
            (ProposalRefusal)refusal);
        return true;
    }
}
