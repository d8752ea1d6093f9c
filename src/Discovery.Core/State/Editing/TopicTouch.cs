namespace Discovery.State;

/// <summary>A topic that a command touches.</summary>
/// <param name="Space">The space.</param>
/// <param name="Key">The topic's key.</param>
/// <param name="IsAbsent">Whether its object is absent once the command is done.</param>
internal readonly record struct TopicTouch(StateTopicSpace Space, byte[] Key, bool IsAbsent);
