using Discovery.Locks;
using Discovery.Sessions;

namespace Discovery.KeyValue;

/// <summary>What can be done with a key inside a transaction. Consul's rules, pure.</summary>
internal sealed class KeyValueCommands(KeyValueTables tables, SessionTables sessions, LockTables locks)
{
    public KeyValueTables Tables => tables;

    public KeyValueEntry? Find(StateTransaction transaction, ReadOnlySpan<byte> key) => transaction.Get(tables.Entries, key);

    /// <summary>Puts a value. Whoever holds the key keeps it; how often it was locked begins anew.</summary>
    public KeyValueEntry Set(StateTransaction transaction, byte[] key, byte[] value, ulong flags, TimeSpan? timeToLive)
    {
        KeyValueEntry? current = Find(transaction, key);
        KeyValueTraits traits = current?.Traits ?? KeyValueTraits.None;
        TimeSpan expiresAt = timeToLive is { } ttl ? ClusterTimes.After(transaction.ClusterTime, ttl) : default;
        return Put(transaction, current, key, value, flags, traits with { LockIndex = 0, ExpiresAt = expiresAt });
    }

    public TransactionRefusal? Lock(
        StateTransaction transaction, byte[] key, byte[] value, ulong flags, Guid session, out KeyValueEntry? entry)
    {
        entry = null;
        if (locks.IsDelayed(transaction, key))
        {
            return TransactionRefusal.LockDelay;
        }

        if (sessions.Find(transaction, session) is null)
        {
            return TransactionRefusal.SessionUnknown;
        }

        KeyValueEntry? current = Find(transaction, key);
        if (current is { IsHeld: true } && current.Session != session)
        {
            return TransactionRefusal.LockHeld;
        }

        entry = Hold(transaction, current, key, value, flags, session);
        return null;
    }

    /// <summary>Puts a value and gives the key to a session that may have it; from then on it lives as long as that one holds it.</summary>
    public KeyValueEntry Hold(
        StateTransaction transaction, KeyValueEntry? current, byte[] key, byte[] value, ulong flags, Guid session)
    {
        KeyValueTraits traits = current?.Traits ?? KeyValueTraits.None;
        if (traits.Session != session)
        {
            traits = new KeyValueTraits(traits.LockIndex + 1, session, transaction.Index, ExpiresAt: default);
        }

        return Put(transaction, current, key, value, flags, traits);
    }

    /// <summary>Puts a value and takes the key from the session that holds it.</summary>
    /// <remarks>
    /// The id of a session is no secret: who knows it need not be the holder. His fence tells that he is, and so does having got the key in
    /// this very command; without either, whoever counts on holding the key by his own clock is waited for.
    /// </remarks>
    public TransactionRefusal? Unlock(
        StateTransaction transaction,
        byte[] key,
        byte[] value,
        ulong flags,
        Guid session,
        ulong fencedIndex,
        out KeyValueEntry? entry)
    {
        entry = null;
        if (Find(transaction, key) is not { IsHeld: true } current || current.Session != session)
        {
            return TransactionRefusal.LockNotHeld;
        }

        bool isAsked = current.AcquireIndex == fencedIndex || current.AcquireIndex == transaction.Index;
        if (!isAsked && !IsWaiting(transaction, current))
        {
            WaitForHolder(transaction, current);
        }

        entry = Put(transaction, current, key, value, flags, current.Traits with { Session = Guid.Empty, AcquireIndex = 0 });
        return null;
    }

    /// <summary>Takes a held key from its session, which ends.</summary>
    public void LetGo(StateTransaction transaction, KeyValueEntry held) =>
        transaction.Put(
            tables.Entries,
            held.With(transaction.Index, (held.Traits with { Session = Guid.Empty, AcquireIndex = 0 }).Shared()));

    /// <summary>Deletes a key. Whoever counts on holding it by his own clock is waited for.</summary>
    public void Delete(StateTransaction transaction, KeyValueEntry entry)
    {
        if (!IsWaiting(transaction, entry))
        {
            WaitForHolder(transaction, entry);
        }

        transaction.Delete(tables.Entries, entry.KeyArray);
        TakePlaces(transaction, entry, null);
    }

    /// <summary>Whether a held key is that of a contender who has no place in his semaphore, so that nobody counts on it.</summary>
    public bool IsWaiting(StateTransaction transaction, KeyValueEntry entry) =>
        LockLayout.TryGetLockKeyOfOwnContender(entry, out byte[] lockKey)
        && !SemaphoreHolders.MayHold(Find(transaction, lockKey), LockLayout.SessionText(entry.Session));

    public void DeleteTree(StateTransaction transaction, ReadOnlySpan<byte> prefix)
    {
        foreach (KeyValueEntry entry in transaction.Scan(tables.Entries, prefix))
        {
            Delete(transaction, entry);
        }
    }

    /// <summary>Deletes keys whose time to live is over.</summary>
    /// <returns>How many.</returns>
    public long Expire(StateTransaction transaction, long most)
    {
        long expired = 0;
        foreach (KeyValueEntry entry in transaction.Scan(tables.ByExpiry, default, (int)Math.Clamp(most, 0, 4096)))
        {
            if (entry.ExpiresAt > transaction.ClusterTime)
            {
                break;
            }

            Delete(transaction, entry);
            expired++;
        }

        return expired;
    }

    private void WaitForHolder(StateTransaction transaction, KeyValueEntry entry)
    {
        if (entry.IsHeld && sessions.Find(transaction, entry.Session) is { IsGuarded: true } holder)
        {
            locks.Delay(transaction, entry.KeyArray, holder.Lease);
        }
    }

    private KeyValueEntry Put(
        StateTransaction transaction, KeyValueEntry? current, byte[] key, byte[] value, ulong flags, KeyValueTraits traits)
    {
        var entry = new KeyValueEntry(
            current?.KeyArray ?? key, value, flags, current?.CreateIndex ?? transaction.Index, transaction.Index, traits.Shared());
        if (current is not null && current.SaysSameAs(entry))
        {
            return current;
        }

        transaction.Put(tables.Entries, entry);
        if (current is not null)
        {
            TakePlaces(transaction, current, entry);
        }

        return entry;
    }

    // Whoever is written out of a semaphore, or loses it altogether, loses his own key too: so his handle is told, his fence is stale, and
    // his place is free only when he cannot count on it any more. Those who count on no lease are left alone, as Consul's clients are.
    private void TakePlaces(StateTransaction transaction, KeyValueEntry before, KeyValueEntry? after)
    {
        if (before.Flags != LockLayout.SemaphoreFlags
            || !LockLayout.IsLockKey(before.KeyArray)
            || !SemaphoreHolders.TryRead(before.Value.Span, out SemaphoreHolders holders))
        {
            return;
        }

        if (after is { Flags: LockLayout.SemaphoreFlags } && SemaphoreHolders.TryRead(after.Value.Span, out SemaphoreHolders kept))
        {
            holders.Sessions.ExceptWith(kept.Sessions);
        }

        foreach (string name in holders.Sessions)
        {
            KeyValueEntry? contender = Find(transaction, LockLayout.ContenderKey(before.KeyArray, name));
            if (contender is { IsHeld: true }
                && LockLayout.SessionText(contender.Session) == name
                && sessions.Find(transaction, contender.Session) is { IsGuarded: true })
            {
                WaitForHolder(transaction, contender);
                Delete(transaction, contender);
            }
        }
    }
}
