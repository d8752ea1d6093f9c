namespace Discovery.Testing;

/// <summary>A message as it arrives.</summary>
/// <param name="From">The endpoint that sent it.</param>
/// <param name="Body">What was sent.</param>
public readonly record struct NetworkMessage<T>(string From, T Body);
