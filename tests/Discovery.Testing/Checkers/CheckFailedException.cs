namespace Discovery.Testing;

/// <summary>A checked history was not found legal.</summary>
public sealed class CheckFailedException(string message) : Exception(message);
