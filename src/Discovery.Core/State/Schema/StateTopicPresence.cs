namespace Discovery;

/// <summary>Says whether the object that a topic stands for exists; decides whether the topic may be reaped.</summary>
/// <param name="transaction">The state as the command has left it.</param>
/// <param name="key">The topic's key.</param>
/// <returns>True while the object exists.</returns>
public delegate bool StateTopicPresence(StateTransaction transaction, ReadOnlySpan<byte> key);
