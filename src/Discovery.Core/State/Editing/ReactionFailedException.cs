namespace Discovery.State;

/// <summary>A reaction, a topic derivation or a presence test of an application's module threw.</summary>
internal sealed class ReactionFailedException(string module, Exception inner)
    : Exception($"Code of module {module} threw while it followed a change.", inner);
