using Discovery.KeyValue;
using Discovery.Locks;

namespace Discovery.Sessions;

/// <summary>Creates and ends sessions. Pure.</summary>
internal sealed class SessionCommands(
    SessionTables sessions, LockTables locks, KeyValueCommands keys, CatalogState catalog)
{
    public SessionResult Create(StateTransaction transaction, SessionEntry session)
    {
        if (transaction.Get(catalog.Nodes, CatalogState.NodeKey(session.Node)) is not { } node)
        {
            return new SessionResult(SessionRefusal.NodeUnknown, session.Node);
        }

        if (sessions.Find(transaction, session.Id) is not null)
        {
            return new SessionResult(SessionRefusal.IdTaken, session.Id.ToString("D"));
        }

        foreach (string check in Checks(session))
        {
            CatalogCheck? found = transaction.Get(catalog.Checks, CatalogState.KeyOnNode(node.Name, check));
            if (found is not { Status: not CheckStatus.Critical })
            {
                return new SessionResult(found is null ? SessionRefusal.CheckUnknown : SessionRefusal.CheckCritical, check);
            }
        }

        transaction.Put(sessions.Sessions, session with { CreateIndex = transaction.Index, ModifyIndex = transaction.Index });
        foreach (string check in Checks(session))
        {
            transaction.Put(sessions.Links, new SessionLink(session.Node, check, session.Id));
        }

        return SessionResult.Created;
    }

    /// <summary>Ends a session.</summary>
    /// <returns>Whether it was there.</returns>
    public bool Destroy(StateTransaction transaction, SessionDestruction destruction)
    {
        if (sessions.Find(transaction, destruction.Session) is not { } session)
        {
            return false;
        }

        End(transaction, session, destruction.End == SessionEnd.Released ? SessionLoss.Released : SessionLoss.Unasked);
        return true;
    }

    /// <summary>Begins the right of a new leader to end leases.</summary>
    /// <returns>The epoch, which its proposals carry.</returns>
    public long BeginEpoch(StateTransaction transaction, StateEmpty command)
    {
        transaction.Put(sessions.Epochs, new LeaseEpoch(transaction.Index));
        return (long)transaction.Index;
    }

    /// <summary>Ends leases that have run out, unless another leader has taken office since that was proposed.</summary>
    /// <returns>How many, or -1 for an epoch that is over.</returns>
    public long Expire(StateTransaction transaction, SessionExpiry expiry)
    {
        if (expiry.Epoch != sessions.Epoch(transaction))
        {
            return -1;
        }

        long ended = 0;
        foreach (Guid id in expiry.Sessions)
        {
            if (sessions.Find(transaction, id) is { } session)
            {
                End(transaction, session, SessionLoss.LeaseEnded);
                ended++;
            }
        }

        return ended;
    }

    /// <summary>Reaction: a check that turned critical or went takes its sessions with it.</summary>
    public void OnCheckChanged(StateTransaction transaction, StateRowChange<CatalogCheck> change)
    {
        if (change.New is { Status: not CheckStatus.Critical })
        {
            return;
        }

        foreach (SessionLink link in transaction.Scan(sessions.Links, SessionTables.LinkKey(change.Row.Node, change.Row.CheckId)))
        {
            EndById(transaction, link.Session);
        }
    }

    /// <summary>Reaction: a node that went takes its sessions with it.</summary>
    public void OnNodeChanged(StateTransaction transaction, StateRowChange<CatalogNode> change)
    {
        if (change.New is not null)
        {
            return;
        }

        foreach (SessionEntry session in transaction.Scan(sessions.ByNode, CatalogState.NodeKey(change.Row.Name)))
        {
            EndById(transaction, session.Id);
        }
    }

    // A holder of the old state may count on his lease for its whole length, whatever the state that comes says of his keys. What had been
    // proposed to end is refused from here on: every lease of the new state begins anew.
    public void CarryOver(StateSnapshot previous, StateTransaction transaction)
    {
        transaction.Put(sessions.Epochs, new LeaseEpoch(transaction.Index));
        foreach (KeyValueEntry entry in previous.Scan(keys.Tables.BySession))
        {
            if (previous.Get(sessions.Sessions, SessionTables.Key(entry.Session)) is { IsGuarded: true } holder
                && !IsWaiting(previous, entry))
            {
                locks.Delay(transaction, entry.KeyArray, holder.Lease);
            }
        }

        // Nor have those been told yet, perhaps, who lost their keys shortly before.
        foreach (LockDelayEntry delay in previous.Scan(locks.Delays))
        {
            locks.Delay(transaction, delay.Key, delay.NotBefore - previous.ClusterTime);
        }
    }

    private bool IsWaiting(StateSnapshot state, KeyValueEntry entry) =>
        LockLayout.TryGetLockKeyOfOwnContender(entry, out byte[] lockKey)
        && !SemaphoreHolders.MayHold(state.Get(keys.Tables.Entries, lockKey), LockLayout.SessionText(entry.Session));

    private static IEnumerable<string> Checks(SessionEntry session) =>
        session.Checks.Concat(session.NodeChecks).Concat(session.ServiceChecks ?? []).Distinct(StringComparer.Ordinal);

    private void EndById(StateTransaction transaction, Guid id)
    {
        if (sessions.Find(transaction, id) is { } session)
        {
            End(transaction, session, SessionLoss.Unasked);
        }
    }

    private void End(StateTransaction transaction, SessionEntry session, SessionLoss loss)
    {
        byte[] id = SessionTables.Key(session.Id);
        TimeSpan delay = DelayAfter(session, loss);
        foreach (LockWaiter waiter in transaction.Scan(locks.BySession, id))
        {
            locks.Dequeue(transaction, waiter);
        }

        foreach (string check in Checks(session))
        {
            transaction.Delete(sessions.Links, SessionTables.LinkKey(session.Node, check, session.Id));
        }

        // The session first: a deleted key must not be delayed once more on its account.
        transaction.Delete(sessions.Sessions, id);
        foreach (KeyValueEntry held in transaction.Scan(keys.Tables.BySession, id))
        {
            // Who only waited for a place in a semaphore counts on nothing.
            if (!session.IsGuarded || !keys.IsWaiting(transaction, held))
            {
                locks.Delay(transaction, held.KeyArray, delay);
            }

            if (session.Behavior == SessionBehavior.Delete)
            {
                keys.Delete(transaction, held);
            }
            else
            {
                keys.LetGo(transaction, held);
            }
        }
    }

    private static TimeSpan DelayAfter(SessionEntry session, SessionLoss loss)
    {
        if (loss == SessionLoss.Released)
        {
            return TimeSpan.Zero;
        }

        // The leader ends a lease only when the holder's own count has run out; any other loss may come in the middle of it.
        TimeSpan lease = session.IsGuarded && loss == SessionLoss.Unasked ? session.Lease : TimeSpan.Zero;
        return lease > session.LockDelay ? lease : session.LockDelay;
    }

    private enum SessionLoss
    {
        Released,
        LeaseEnded,
        Unasked,
    }
}
