namespace Discovery;

/// <summary>What came of a command.</summary>
/// <typeparam name="T">The result type.</typeparam>
/// <param name="Index">The index at which it was applied.</param>
/// <param name="Value">The result.</param>
public readonly record struct CommandResult<T>(ulong Index, T Value);
