namespace Discovery;

/// <summary>An event on its way between nodes.</summary>
/// <param name="LamportTime">When it was fired.</param>
/// <param name="Name">Its name.</param>
/// <param name="Payload">The whole event in the form that Consul's agents send each other: a map in MessagePack.</param>
public sealed record UserEventMessage(ulong LamportTime, string Name, ReadOnlyMemory<byte> Payload);
