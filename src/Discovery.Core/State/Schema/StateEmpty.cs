namespace Discovery;

/// <summary>The result of a command that has nothing to say beyond having been applied.</summary>
public readonly record struct StateEmpty;
