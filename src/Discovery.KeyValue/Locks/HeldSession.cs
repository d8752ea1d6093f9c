using Discovery.KeyValue;
using Discovery.Sessions;
using Microsoft.Extensions.Logging;

namespace Discovery.Locks;

/// <summary>A session of this process for one lock, and the loop that renews it.</summary>
internal sealed class HeldSession
{
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(10);

    private readonly LockParts _parts;
    private readonly LockOptions _options;
    private readonly CancellationTokenSource _ended = new();
    private readonly Lock _lock = new();
    private Task? _renewing;
    private Task? _ending;

    private HeldSession(LockParts parts, LockOptions options, Guid id, long sentAt)
    {
        _parts = parts;
        _options = options;
        Id = id;
        Lease = new HolderLease(parts.Runtime.Time, options, sentAt, parts.Logger);
    }

    public Guid Id { get; }

    public HolderLease Lease { get; }

    /// <summary>Creates a session and begins to renew it. Whatever fails leaves nothing behind for longer than a lease.</summary>
    public static async ValueTask<HeldSession> BeginAsync(
        LockParts parts, LockOptions options, KeyValueKey key, CancellationToken cancellationToken)
    {
        Guid id = parts.Identity.NewId();
        var creation = new SessionCreation
        {
            Id = id,
            Name = $"Lock {key} of {parts.Identity.Node}".Replace('\0', '\uFFFD'),
            Lease = options.Lease,
            LockDelay = options.LockDelay,
            Behavior = SessionBehavior.Delete,
            NodeChecks = options.NodeChecks,
        };
        var session = new HeldSession(parts, options, id, parts.Runtime.Time.GetTimestamp());
        try
        {
            await parts.Sessions.CreateAsync(creation, null, cancellationToken);
        }
        catch
        {
            // Perhaps it was created all the same.
            _ = session.EndAsync();
            throw;
        }

        session._renewing = parts.Runtime.Start(session.RenewAsync);
        return session;
    }

    /// <summary>Ends the session, asked for by the holder; never throws. Whoever calls it again waits for the one end.</summary>
    public Task EndAsync()
    {
        lock (_lock)
        {
            return _ending ??= _parts.Runtime.Start(EndOnceAsync);
        }
    }

    private async Task EndOnceAsync()
    {
        Lease.Dispose();
        await _ended.CancelAsync();
        if (_renewing is not null)
        {
            await _renewing;
        }

        using var timeout = new CancellationTokenSource(EndTimeout, _parts.Runtime.Time);
        try
        {
            await _parts.Sessions.DestroyAsync(Id, SessionEnd.Released, null, timeout.Token);
        }
        catch (Exception e) when (e is DiscoveryException or OperationCanceledException)
        {
            // The leader ends it when its lease is over. One that could not be created is told to whom asked for it.
            if (_renewing is not null)
            {
                Log.ReleaseFailed(_parts.Logger, Id, e.Message);
            }
        }
    }

    private async Task RenewAsync()
    {
        TimeSpan period = _options.Lease / 3;
        TimeSpan retry = _options.Lease / 15;
        TimeSpan wait = period;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(_ended.Token, Lease.LostToken);
        try
        {
            while (true)
            {
                await Task.Delay(wait, _parts.Runtime.Time, over.Token);
                long sentAt = _parts.Runtime.Time.GetTimestamp();
                try
                {
                    if (await _parts.Sessions.RenewAsync(Id, null, over.Token) is null)
                    {
                        Lease.Lose();
                        return;
                    }

                    Lease.Renewed(sentAt);
                    wait = period;
                }
                catch (DiscoveryException e)
                {
                    Log.RenewalFailed(_parts.Logger, Id, Lease.Remaining, e.Message);
                    wait = retry;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Released, or lost: a lock that was given up is not renewed any more.
        }
    }
}
