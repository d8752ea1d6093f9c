namespace Discovery.Testing;

/// <summary>The power fails: thrown by the call of a <see cref="SimulatedDisk"/> that it fails in, and by all that follow.</summary>
public sealed class DiskCrashException() : Exception("the power has failed");
