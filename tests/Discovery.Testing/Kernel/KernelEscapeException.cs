namespace Discovery.Testing;

/// <summary>Work that the kernel ran went to another thread, or another thread reached into a running kernel.</summary>
public sealed class KernelEscapeException(string message) : Exception(message);
