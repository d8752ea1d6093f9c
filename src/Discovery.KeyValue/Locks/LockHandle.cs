using Discovery.KeyValue;
using Microsoft.Extensions.Logging;

namespace Discovery.Locks;

/// <summary>A held lock, and the loop that sees whether somebody takes it away.</summary>
internal sealed class LockHandle : ILockHandle
{
    private readonly LockParts _parts;
    private readonly HeldSession _session;
    private readonly CancellationTokenSource _released = new();
    private readonly Task _watching;

    public LockHandle(LockParts parts, HeldSession session, LockFence fence)
    {
        _parts = parts;
        _session = session;
        Fence = fence;
        _watching = parts.Runtime.Start(WatchAsync);
    }

    public LockFence Fence { get; }

    public DateTimeOffset ExpiresAt => _session.Lease.ExpiresAt;

    public bool IsHeld => _session.Lease.IsValid;

    public CancellationToken LostToken => _session.Lease.LostToken;

    /// <summary>How long the lock is surely held without another renewal.</summary>
    public TimeSpan Remaining => _session.Lease.Remaining;

    public async ValueTask ReleaseAsync(CancellationToken cancellationToken = default)
    {
        await _released.CancelAsync();
        await _session.EndAsync().WaitAsync(cancellationToken);
        await _watching;
    }

    public ValueTask DisposeAsync() => ReleaseAsync();

    private async Task WatchAsync()
    {
        using StateWatch watch = StateWatch.Open(_parts.State, [StateTopic.ForKey(_parts.Module.Keys.Keys, Fence.Key.Bytes)]);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(_released.Token, LostToken);
        try
        {
            while (IsStillOurs())
            {
                await watch.WaitAsync(over.Token);
            }

            // Released before this loop looked: that the lock is not ours any more is the release's doing, which came after the token.
            over.Token.ThrowIfCancellationRequested();
            Log.LockTaken(_parts.Logger, Fence.Key, Fence.AcquireIndex);
            _session.Lease.Lose();
        }
        catch (OperationCanceledException)
        {
            // Released, or lost.
        }
    }

    private bool IsStillOurs()
    {
        StateSnapshot snapshot = _parts.State.Current;
        KeyValueEntry? entry = snapshot.Get(_parts.Module.Keys.Entries, Fence.Key.Array);
        return snapshot.Lineage == Fence.Lineage && entry?.Session == _session.Id && entry.AcquireIndex == Fence.AcquireIndex;
    }
}
