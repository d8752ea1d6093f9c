using System.Buffers.Binary;
using Discovery.KeyValue;

namespace Discovery.Locks;

/// <summary>The tables of those who wait for a lock, and of keys that cannot be locked yet.</summary>
internal sealed class LockTables
{
    public LockTables(StateModuleBuilder builder)
    {
        Waiters = builder.AddTable<LockWaiter>(
            "lock-waiters", static (LockWaiter row, ref StateKeyBuilder key) => key.Append(row.Ticket), LockWaiterCodec.Instance);
        ByKey = Waiters.AddIndex("key", static (LockWaiter row, ref StateKeyBuilder key) => WriteQueue(row.Key, ref key));
        BySession = Waiters.AddIndex(
            "session", static (LockWaiter row, ref StateKeyBuilder key) => KeyValueFields.WriteId(row.Session, ref key));
        Delays = builder.AddTable<LockDelayEntry>(
            "lock-delays", static (LockDelayEntry row, ref StateKeyBuilder key) => key.Append(row.Key), LockDelayEntryCodec.Instance);
        ByNotBefore = Delays.AddIndex(
            "not-before", static (LockDelayEntry row, ref StateKeyBuilder key) => key.Append((ulong)row.NotBefore.Ticks));
        ByLock = Delays.AddIndex("lock", WriteLatestFirst);
    }

    /// <summary>By ticket, which is the index of the entry that enqueued them: first come, first served.</summary>
    public StateTable<LockWaiter> Waiters { get; }

    public StateIndex<LockWaiter> ByKey { get; }

    public StateIndex<LockWaiter> BySession { get; }

    public StateTable<LockDelayEntry> Delays { get; }

    public StateIndex<LockDelayEntry> ByNotBefore { get; }

    /// <summary>The delays of a semaphore's contenders under its <see cref="Queue"/>, those that last longest first.</summary>
    public StateIndex<LockDelayEntry> ByLock { get; }

    /// <summary>The prefix of a lock's queue in <see cref="ByKey"/>, and of its contenders in <see cref="ByLock"/>.</summary>
    public static byte[] Queue(byte[] lockKey)
    {
        var prefix = new byte[sizeof(int) + lockKey.Length];
        BinaryPrimitives.WriteInt32BigEndian(prefix, lockKey.Length);
        lockKey.CopyTo(prefix, sizeof(int));
        return prefix;
    }

    public LockWaiter? FirstWaiter(StateTransaction transaction, byte[] lockKey)
    {
        IReadOnlyList<LockWaiter> first = transaction.Scan(ByKey, Queue(lockKey), 1);
        return first.Count == 0 ? null : first[0];
    }

    /// <summary>Whether a key cannot be locked yet.</summary>
    public bool IsDelayed(StateTransaction transaction, ReadOnlySpan<byte> key) =>
        transaction.Get(Delays, key) is { } delay && delay.NotBefore > transaction.ClusterTime;

    /// <summary>Keeps a key from being locked for a while; a longer delay that it has already stays.</summary>
    public void Delay(StateTransaction transaction, byte[] key, TimeSpan length)
    {
        TimeSpan notBefore = ClusterTimes.After(transaction.ClusterTime, length);
        if (length > TimeSpan.Zero && (transaction.Get(Delays, key) is not { } current || current.NotBefore < notBefore))
        {
            transaction.Put(Delays, new LockDelayEntry(key, notBefore));
        }
    }

    public void Dequeue(StateTransaction transaction, LockWaiter waiter) => transaction.Delete(Waiters, StateKey.Of(waiter.Ticket));

    private static void WriteLatestFirst(LockDelayEntry row, ref StateKeyBuilder key)
    {
        if (LockLayout.TryGetLockKeyOfContender(row.Key, out byte[] lockKey))
        {
            WriteQueue(lockKey, ref key);
            key.Append(ulong.MaxValue - (ulong)row.NotBefore.Ticks);
        }
    }

    private static void WriteQueue(byte[] lockKey, ref StateKeyBuilder key)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(length, lockKey.Length);
        key.Append(length);
        key.Append(lockKey);
    }
}
