namespace Discovery.Testing;

/// <summary>The body has not ended, nothing is runnable and no timer is armed.</summary>
public sealed class KernelDeadlockException(string message) : Exception(message);
