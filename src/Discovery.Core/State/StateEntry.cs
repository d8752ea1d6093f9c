namespace Discovery;

/// <summary>One entry of the log, ready to be applied.</summary>
/// <param name="Index">Its index; higher than that of any entry applied before.</param>
/// <param name="Bytes">The encoded <see cref="CommandEnvelope"/>.</param>
public readonly record struct StateEntry(ulong Index, ReadOnlyMemory<byte> Bytes);
