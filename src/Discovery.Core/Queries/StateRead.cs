namespace Discovery;

/// <summary>A read of one snapshot that declares what it depends on. Pure: it may run several times.</summary>
/// <typeparam name="T">The body of the reply.</typeparam>
/// <param name="snapshot">The state.</param>
/// <param name="topics">Takes the topics that the body depends on.</param>
/// <returns>The body.</returns>
public delegate T StateRead<out T>(StateSnapshot snapshot, StateTopicSet topics);
