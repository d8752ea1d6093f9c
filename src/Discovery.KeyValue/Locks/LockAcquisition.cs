using Discovery.KeyValue;
using Discovery.Sessions;

namespace Discovery.Locks;

/// <summary>Gets one lock, or one place in a semaphore: with a session of its own, which queues and then holds.</summary>
/// <param name="parts">What locks are made of.</param>
/// <param name="key">The lock's key, or the semaphore's coordination key.</param>
/// <param name="limit">How many places there are; 0 for a lock.</param>
/// <param name="options">How it is held.</param>
internal sealed class LockAcquisition(LockParts parts, KeyValueKey key, int limit, LockOptions options)
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(200);

    /// <summary>Waits for it.</summary>
    public async ValueTask<ILockHandle> AcquireAsync(CancellationToken cancellationToken)
    {
        // What has failed since the last attempt that reached the queue: an outage is told once, however long it takes.
        HashSet<DiscoveryError> told = [];
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                if (await TryOnceAsync(isQueued: true, cancellationToken) is { } handle)
                {
                    return handle;
                }

                told.Clear();
            }
            catch (DiscoveryException e) when (IsPassing(e))
            {
                if (told.Add(e.Error))
                {
                    Log.AcquireFailed(parts.Logger, key, e.Message);
                }
            }

            // The session ended while it waited, or no leader answered: the place in the queue is lost.
            await Task.Delay(RetryDelay, parts.Runtime.Time, cancellationToken);
        }
    }

    /// <summary>Waits for it for a while.</summary>
    public async ValueTask<ILockHandle?> TryAcquireAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (timeout == Timeout.InfiniteTimeSpan)
        {
            return await AcquireAsync(cancellationToken);
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(timeout, TimeSpan.Zero);
        if (timeout == TimeSpan.Zero)
        {
            return await TryOnceAsync(isQueued: false, cancellationToken);
        }

        using var timer = new CancellationTokenSource(timeout, parts.Runtime.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            return await AcquireAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    // A node that has just started is not in the catalog before there is a leader; it writes itself there.
    private static bool IsPassing(DiscoveryException trouble) =>
        trouble is { Error: DiscoveryError.NoLeader or DiscoveryError.Overloaded or DiscoveryError.OutcomeUnknown }
            or SessionRefusedException { Refusal: SessionRefusal.NodeUnknown };

    // Null when it cannot be had now, or the session ended while it waited.
    private async ValueTask<ILockHandle?> TryOnceAsync(bool isQueued, CancellationToken cancellationToken)
    {
        HeldSession session = await HeldSession.BeginAsync(parts, options, key, cancellationToken);
        LockHandle? handle = null;
        try
        {
            byte[] value = options.Value?.ToArray() ?? System.Text.Encoding.UTF8.GetBytes(parts.Identity.Node);
            var request = new LockRequest(key.Array, session.Id, value, limit, isQueued);
            CommandResult<LockAnswer> result = await parts.Client.ExecuteAsync(
                parts.Module.RequestLock, request, null, cancellationToken);
            ThrowIfConflict(result.Value);
            LockFence? fence = result.Value.Status switch
            {
                LockStatus.Granted or LockStatus.Queued => await WaitAsync(session, result.Value, cancellationToken),
                _ => null,
            };
            handle = fence is { } held && session.Lease.IsValid ? new LockHandle(parts, session, held) : null;
            return handle;
        }
        finally
        {
            if (handle is null)
            {
                // Nobody has been told that the lock is held. Not awaited: a caller who gives up goes at once.
                _ = session.EndAsync();
            }
        }
    }

    private void ThrowIfConflict(LockAnswer answer)
    {
        switch (answer.Status)
        {
            case LockStatus.KeyInUse:
                throw new LockConflictException(key, $"Existing key \"{key}\" does not match {(limit == 0 ? "lock" : "semaphore")} use.");
            case LockStatus.OtherLimit:
                throw new LockConflictException(
                    key, $"The semaphore at \"{key}\" has {answer.Index} places; {limit} were asked for.");
            default:
                return;
        }
    }

    // Until this node's own state shows who holds it: what was granted may be gone by the time the answer arrives.
    private async ValueTask<LockFence?> WaitAsync(HeldSession session, LockAnswer answer, CancellationToken cancellationToken)
    {
        byte[] heldKey = limit == 0 ? key.Array : LockLayout.ContenderKey(key.Array, LockLayout.SessionText(session.Id));
        byte[] sessionKey = SessionTables.Key(session.Id);
        using StateWatch watch = StateWatch.Open(
            parts.State, [StateTopic.ForKey(parts.Module.Sessions.SessionTopics, sessionKey)]);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, session.Lease.LostToken);
        while (true)
        {
            StateSnapshot snapshot = parts.State.Current;
            if (snapshot.Get(parts.Module.Sessions.Sessions, sessionKey) is null)
            {
                return null;
            }

            if (snapshot.Get(parts.Module.Keys.Entries, heldKey) is { } entry
                && entry.Session == session.Id
                && HasPlace(snapshot, session.Id))
            {
                return new LockFence(heldKey, snapshot.Lineage, entry.AcquireIndex);
            }

            bool isWaiting = answer.Status == LockStatus.Queued
                && snapshot.Get(parts.Module.Locks.Waiters, StateKey.Of(answer.Index)) is not null;
            if (!isWaiting)
            {
                // Lost again, or thrown out of the queue because the key is used for something else: asking again tells.
                return null;
            }

            try
            {
                await watch.WaitAsync(over.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return null;
            }
        }
    }

    private bool HasPlace(StateSnapshot snapshot, Guid session) => limit == 0
        || (snapshot.Get(parts.Module.Keys.Entries, key.Array) is { } coordination
            && SemaphoreHolders.TryRead(coordination.Value.Span, out SemaphoreHolders holders)
            && holders.Sessions.Contains(LockLayout.SessionText(session)));
}
