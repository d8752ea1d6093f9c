namespace Discovery;

/// <summary>The state machine's answer to one entry.</summary>
/// <param name="Index">The index at which the command was applied; for a repeated entry, that of the first.</param>
/// <param name="Status">What became of it.</param>
/// <param name="Result">The encoded result when <see cref="CommandStatus.Applied"/>.</param>
public readonly record struct CommandOutcome(ulong Index, CommandStatus Status, ReadOnlyMemory<byte> Result);
