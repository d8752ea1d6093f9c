namespace Discovery.State;

/// <summary>A reaction of an application's module threw.</summary>
internal sealed class ReactionFailedException(string module, Exception inner) : Exception($"A reaction of module {module} threw.", inner);
