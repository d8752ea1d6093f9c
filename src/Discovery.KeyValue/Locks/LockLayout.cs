using System.Text;

namespace Discovery.Locks;

/// <summary>Where Consul's lock and semaphore clients keep what in the key/value store, and how they mark it.</summary>
internal static class LockLayout
{
    /// <summary>The flags of a lock's key.</summary>
    public const ulong LockFlags = 0x2ddccbc058a50c18;

    /// <summary>The flags of a semaphore's keys.</summary>
    public const ulong SemaphoreFlags = 0xe0f69a2baa414de0;

    private const int SessionChars = 36;

    /// <summary>What comes after the prefix: a lock made by <c>consul lock</c>, and what coordinates a semaphore.</summary>
    public static ReadOnlySpan<byte> Suffix => "/.lock"u8;

    /// <summary>The key of the lock of a prefix, or the coordination key of its semaphore.</summary>
    public static KeyValueKey LockKey(KeyValueKey prefix)
    {
        ReadOnlySpan<byte> trimmed = prefix.Bytes.Span.TrimEnd((byte)'/');
        return new KeyValueKey([.. trimmed, .. Suffix]);
    }

    /// <summary>The key of one contender of a semaphore.</summary>
    public static byte[] ContenderKey(ReadOnlySpan<byte> lockKey, string session) =>
        [.. lockKey[..^(Suffix.Length - 1)], .. Encoding.UTF8.GetBytes(session)];

    public static string SessionText(Guid session) => session.ToString("D");

    /// <summary>The coordination key of the semaphore that a key is the contender key of, if it has the form of one.</summary>
    public static bool TryGetLockKeyOfContender(ReadOnlySpan<byte> key, out byte[] lockKey)
    {
        lockKey = [];
        int slash = key.Length - SessionChars - 1;
        if (slash < 0 || key[slash] != (byte)'/' || !Guid.TryParseExact(Encoding.UTF8.GetString(key[(slash + 1)..]), "D", out _))
        {
            return false;
        }

        lockKey = [.. key[..slash], .. Suffix];
        return true;
    }

    /// <summary>The coordination key of the semaphore that the holder of a key contends for with it, if he does.</summary>
    public static bool TryGetLockKeyOfOwnContender(KeyValueEntry entry, out byte[] lockKey)
    {
        lockKey = [];
        return entry.Flags == SemaphoreFlags
            && TryGetLockKeyOfContender(entry.KeyArray, out lockKey)
            && SessionOf(entry.KeyArray) == SessionText(entry.Session);
    }

    /// <summary>The session that a contender key names.</summary>
    public static string SessionOf(ReadOnlySpan<byte> contenderKey) => Encoding.UTF8.GetString(contenderKey[^SessionChars..]);

    public static bool IsLockKey(ReadOnlySpan<byte> key) => key.EndsWith(Suffix);
}
