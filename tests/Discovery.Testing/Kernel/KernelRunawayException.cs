namespace Discovery.Testing;

/// <summary>A run took more steps, or more virtual time, than it may.</summary>
public sealed class KernelRunawayException(string message) : Exception(message);
