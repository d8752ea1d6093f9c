namespace Discovery;

/// <summary>A topic that a command touched, and the index of the topic before that.</summary>
/// <param name="Space">The space.</param>
/// <param name="Key">The topic's key.</param>
/// <param name="PreviousIndex">The index of the previous change of this topic, or the floor of the space if the topic was unknown.</param>
public readonly record struct StateTopicTouch(StateTopicSpace Space, ReadOnlyMemory<byte> Key, ulong PreviousIndex);
