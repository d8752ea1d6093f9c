using Discovery.KeyValue;
using Discovery.Sessions;

namespace Discovery.Locks;

/// <summary>Grants locks and places in semaphores, in the order in which they were asked for. Pure.</summary>
internal sealed class LockCommands(LockTables locks, SessionTables sessions, KeyValueCommands keys)
{
    public LockAnswer Request(StateTransaction transaction, LockRequest request)
    {
        if (sessions.Find(transaction, request.Session) is null)
        {
            return new LockAnswer(LockStatus.SessionUnknown, 0);
        }

        // What became free by the mere passing of time goes to those who wait before it goes to who comes now.
        GrantDue(transaction, request.Key);
        LockAnswer answer = request.Limit == 0
            ? TryLock(transaction, request)
            : TryEnter(transaction, request.Key, request.Session, request.Value, request.Limit, isNew: true);
        if (answer.Status is not (LockStatus.Held or LockStatus.Delayed) || !request.IsQueued)
        {
            return answer;
        }

        foreach (LockWaiter waiting in transaction.Scan(locks.BySession, SessionTables.Key(request.Session)))
        {
            if (waiting.Key.AsSpan().SequenceEqual(request.Key))
            {
                return new LockAnswer(LockStatus.Queued, waiting.Ticket);
            }
        }

        transaction.Put(
            locks.Waiters, new LockWaiter(transaction.Index, request.Key, request.Session, request.Value, request.Limit));
        return new LockAnswer(LockStatus.Queued, transaction.Index);
    }

    /// <summary>Gives a key that somebody may have by now to the first who waits for it.</summary>
    public void GrantDue(StateTransaction transaction, byte[] lockKey)
    {
        while (locks.FirstWaiter(transaction, lockKey) is { } first && TryGrant(transaction, first))
        {
            // The next one may have a place in a semaphore too.
        }
    }

    /// <summary>Ends delays that are over, and grants what waited for that.</summary>
    /// <returns>How many ended.</returns>
    public long EndDelays(StateTransaction transaction, long most)
    {
        long ended = 0;
        var semaphores = new SortedSet<KeyValueKey>();
        foreach (LockDelayEntry delay in transaction.Scan(locks.ByNotBefore, default, (int)Math.Clamp(most, 0, 4096)))
        {
            if (delay.NotBefore > transaction.ClusterTime)
            {
                break;
            }

            transaction.Delete(locks.Delays, delay.Key);
            ended++;
            GrantDue(transaction, delay.Key);
            if (LockLayout.TryGetLockKeyOfContender(delay.Key, out byte[] lockKey))
            {
                semaphores.Add(lockKey);
            }
        }

        // Each once, however many of its places became free.
        foreach (KeyValueKey lockKey in semaphores)
        {
            GrantPlaces(transaction, lockKey.Array);
        }

        return ended;
    }

    /// <summary>Reaction: a key that became free goes to who waits for it.</summary>
    public void OnEntryChanged(StateTransaction transaction, StateRowChange<KeyValueEntry> change)
    {
        bool isFreed = change.Old is { IsHeld: true } && change.New is not { IsHeld: true };
        if (isFreed)
        {
            OnFreed(transaction, change.Row.KeyArray);
        }
        else if (LockLayout.IsLockKey(change.Row.KeyArray))
        {
            GrantDue(transaction, change.Row.KeyArray);
        }
    }

    private void OnFreed(StateTransaction transaction, byte[] key)
    {
        GrantDue(transaction, key);

        // The end of one who only waited frees no place: ten thousand of them are not to cost a look at all holders each.
        if (LockLayout.TryGetLockKeyOfContender(key, out byte[] lockKey)
            && SemaphoreHolders.MayHold(keys.Find(transaction, lockKey), LockLayout.SessionOf(key)))
        {
            GrantPlaces(transaction, lockKey);
        }
    }

    private void GrantPlaces(StateTransaction transaction, byte[] lockKey)
    {
        Prune(transaction, lockKey);
        GrantDue(transaction, lockKey);
    }

    // Takes those who left out of a semaphore, and the semaphore itself when nobody is left.
    private void Prune(StateTransaction transaction, byte[] lockKey)
    {
        if (keys.Find(transaction, lockKey) is not { Flags: LockLayout.SemaphoreFlags } coordination
            || !SemaphoreHolders.TryRead(coordination.Value.Span, out SemaphoreHolders holders)
            || holders.Sessions.RemoveWhere(holder => !IsStillIn(transaction, lockKey, holder)) == 0)
        {
            return;
        }

        if (holders.Sessions.Count == 0)
        {
            keys.Delete(transaction, coordination);
        }
        else
        {
            keys.Set(transaction, lockKey, holders.ToJson(), LockLayout.SemaphoreFlags, null);
        }
    }

    private bool TryGrant(StateTransaction transaction, LockWaiter waiter)
    {
        if (waiter.Limit > 0)
        {
            LockAnswer entered = TryEnter(transaction, waiter.Key, waiter.Session, waiter.Value, waiter.Limit, isNew: false);
            if (entered.Status is LockStatus.KeyInUse or LockStatus.OtherLimit)
            {
                Dequeue(transaction, waiter);
                return true;
            }

            return entered.Status == LockStatus.Granted;
        }

        KeyValueEntry? current = keys.Find(transaction, waiter.Key);
        if (current is { IsHeld: true } || locks.IsDelayed(transaction, waiter.Key))
        {
            return false;
        }

        if (current is not null && current.Flags != LockLayout.LockFlags)
        {
            // The key is used for something else by now: out of the queue, he asks again, and is told.
            Dequeue(transaction, waiter);
            return true;
        }

        Dequeue(transaction, waiter);
        keys.Hold(transaction, current, waiter.Key, waiter.Value, LockLayout.LockFlags, waiter.Session);
        return true;
    }

    // Who waits watches his own session: what happens to the key is for one of them, and would wake them all.
    private void Dequeue(StateTransaction transaction, LockWaiter waiter)
    {
        locks.Dequeue(transaction, waiter);
        transaction.Touch(sessions.SessionTopics, SessionTables.Key(waiter.Session));
    }

    private LockAnswer TryLock(StateTransaction transaction, LockRequest request)
    {
        KeyValueEntry? current = keys.Find(transaction, request.Key);
        if (current is not null && current.Flags != LockLayout.LockFlags)
        {
            return new LockAnswer(LockStatus.KeyInUse, 0);
        }

        if (current is { IsHeld: true })
        {
            return current.Session == request.Session
                ? new LockAnswer(LockStatus.Granted, current.AcquireIndex)
                : new LockAnswer(LockStatus.Held, 0);
        }

        if (locks.IsDelayed(transaction, request.Key))
        {
            return new LockAnswer(LockStatus.Delayed, 0);
        }

        KeyValueEntry held = keys.Hold(transaction, current, request.Key, request.Value, LockLayout.LockFlags, request.Session);
        return new LockAnswer(LockStatus.Granted, held.AcquireIndex);
    }

    // A newcomer takes his contender key and, unless others wait before him, a place; who waits has the key and only wants the place.
    private LockAnswer TryEnter(StateTransaction transaction, byte[] lockKey, Guid session, byte[] value, int limit, bool isNew)
    {
        if (locks.IsDelayed(transaction, lockKey))
        {
            // It was a lock until a moment ago, and its holder may count on it still.
            return new LockAnswer(LockStatus.Delayed, 0);
        }

        KeyValueEntry? coordination = keys.Find(transaction, lockKey);
        var holders = new SemaphoreHolders(limit);
        if (coordination is not null)
        {
            if (coordination.Flags != LockLayout.SemaphoreFlags
                || !SemaphoreHolders.TryRead(coordination.Value.Span, out holders))
            {
                return new LockAnswer(LockStatus.KeyInUse, 0);
            }

            if (holders.Limit != limit)
            {
                return new LockAnswer(LockStatus.OtherLimit, (ulong)holders.Limit);
            }
        }

        string name = LockLayout.SessionText(session);
        byte[] contenderKey = LockLayout.ContenderKey(lockKey, name);
        KeyValueEntry? contender = keys.Find(transaction, contenderKey);
        if (contender is { IsHeld: true } && contender.Session != session)
        {
            return new LockAnswer(LockStatus.KeyInUse, 0);
        }

        contender = keys.Hold(transaction, contender, contenderKey, value, LockLayout.SemaphoreFlags, session);
        holders.Sessions.RemoveWhere(holder => !IsStillIn(transaction, lockKey, holder));
        LockWaiter? first = locks.FirstWaiter(transaction, lockKey);
        bool isTurn = isNew ? first is null || first.Session == session : true;
        bool hasPlace = holders.Sessions.Contains(name)
            || (isTurn && holders.Sessions.Count + CountLeaving(transaction, lockKey, holders) < limit);
        if (hasPlace)
        {
            holders.Sessions.Add(name);
            if (first is not null && first.Session == session)
            {
                Dequeue(transaction, first);
            }

            keys.Set(transaction, lockKey, holders.ToJson(), LockLayout.SemaphoreFlags, null);
        }

        return hasPlace ? new LockAnswer(LockStatus.Granted, contender.AcquireIndex) : new LockAnswer(LockStatus.Held, 0);
    }

    // Those whose places were taken away, and who still count on them. Those who have a place, too, are found at most once each among the
    // first, so that as many as there are places tell whether one is free.
    private int CountLeaving(StateTransaction transaction, byte[] lockKey, SemaphoreHolders holders)
    {
        int count = 0;
        foreach (LockDelayEntry delay in transaction.Scan(locks.ByLock, LockTables.Queue(lockKey), holders.Limit))
        {
            if (delay.NotBefore <= transaction.ClusterTime)
            {
                break;
            }

            count += holders.Sessions.Contains(LockLayout.SessionOf(delay.Key)) ? 0 : 1;
        }

        return count;
    }

    // A place is free when its holder's contender key is held by nobody, and nobody counts on it by his own clock any more.
    private bool IsStillIn(StateTransaction transaction, byte[] lockKey, string holder)
    {
        byte[] key = LockLayout.ContenderKey(lockKey, holder);
        return keys.Find(transaction, key) is { IsHeld: true } || locks.IsDelayed(transaction, key);
    }
}
