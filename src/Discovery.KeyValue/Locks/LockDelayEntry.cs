namespace Discovery.Locks;

/// <summary>A key that cannot be locked before a point in cluster time.</summary>
/// <param name="Key">The key.</param>
/// <param name="NotBefore">The cluster time.</param>
internal sealed record LockDelayEntry(byte[] Key, TimeSpan NotBefore);
