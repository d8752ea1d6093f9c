using Discovery.Protocol;

namespace Discovery.Transport;

/// <summary>A proposal on its way from one server to the leader.</summary>
/// <param name="Kind">Command, a piece of a restore, or what an operator asks.</param>
/// <param name="CommandId">Which command, or what is asked; 0 of a restore.</param>
/// <param name="ClientId">Who proposes.</param>
/// <param name="Sequence">The client's number.</param>
/// <param name="Body">The encoded command.</param>
internal readonly record struct ForwardedProposal(
    EntryKind Kind, ushort CommandId, Guid ClientId, ulong Sequence, ReadOnlyMemory<byte> Body);
