namespace Discovery;

/// <summary>A command on its way into the log.</summary>
/// <param name="CommandId">Which command.</param>
/// <param name="Body">The encoded command; not changed until the proposal is answered.</param>
/// <param name="ClientId">Who proposes.</param>
/// <param name="Sequence">The client's number for this command: a retry repeats it; 0 is outside deduplication.</param>
/// <param name="Context">Who called.</param>
public readonly record struct CommandProposal(
    ushort CommandId, ReadOnlyMemory<byte> Body, Guid ClientId, ulong Sequence, CallContext Context);
