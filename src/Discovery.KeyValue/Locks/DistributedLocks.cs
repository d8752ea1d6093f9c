using System.Runtime.CompilerServices;
using Discovery.KeyValue;

namespace Discovery.Locks;

/// <summary>Makes locks, semaphores and elections.</summary>
internal sealed class DistributedLocks(LockParts parts, KeyValueScope scope) : IDistributedLocks
{
    private static readonly TimeSpan LeaseMin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LeaseMax = TimeSpan.FromDays(1);

    public IDistributedLock CreateLock(KeyValueKey name, LockOptions? options = null) =>
        CreateLockOnKey(LockLayout.LockKey(Checked(name)), options);

    public IDistributedLock CreateLockOnKey(KeyValueKey key, LockOptions? options = null) =>
        new DistributedLock(new LockAcquisition(parts, Checked(key), 0, Checked(options)), key);

    public IDistributedSemaphore CreateSemaphore(KeyValueKey prefix, int limit, LockOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        KeyValueKey key = LockLayout.LockKey(Checked(prefix));
        return new DistributedSemaphore(new LockAcquisition(parts, key, limit, Checked(options)), prefix, limit);
    }

    public ILeaderElection CreateElection(KeyValueKey name, LockOptions? options = null)
    {
        KeyValueKey key = LockLayout.LockKey(Checked(name));
        return new LeaderElection(parts, new LockAcquisition(parts, key, 0, Checked(options)), key);
    }

    private KeyValueKey Checked(KeyValueKey key)
    {
        scope.Validator.CheckKey(key);
        return key;
    }

    private static LockOptions Checked(LockOptions? options)
    {
        options ??= LockOptions.Default;
        if (options.Lease < LeaseMin || options.Lease > LeaseMax || options.LockDelay < TimeSpan.Zero)
        {
            throw KeyValueValidator.Invalid(
                $"A lock's Lease must be from {LeaseMin} to {LeaseMax} and its LockDelay not negative; they are {options.Lease} and "
                + $"{options.LockDelay}.");
        }

        return options;
    }

    private sealed class DistributedLock(LockAcquisition acquisition, KeyValueKey key) : IDistributedLock
    {
        public KeyValueKey Key => key;

        public ValueTask<ILockHandle> AcquireAsync(CancellationToken cancellationToken = default) =>
            acquisition.AcquireAsync(cancellationToken);

        public ValueTask<ILockHandle?> TryAcquireAsync(TimeSpan timeout = default, CancellationToken cancellationToken = default) =>
            acquisition.TryAcquireAsync(timeout, cancellationToken);
    }

    private sealed class DistributedSemaphore(LockAcquisition acquisition, KeyValueKey prefix, int limit) : IDistributedSemaphore
    {
        public KeyValueKey Prefix => prefix;

        public int Limit => limit;

        public ValueTask<ILockHandle> AcquireAsync(CancellationToken cancellationToken = default) =>
            acquisition.AcquireAsync(cancellationToken);

        public ValueTask<ILockHandle?> TryAcquireAsync(TimeSpan timeout = default, CancellationToken cancellationToken = default) =>
            acquisition.TryAcquireAsync(timeout, cancellationToken);
    }

    private sealed class LeaderElection(LockParts parts, LockAcquisition acquisition, KeyValueKey key) : ILeaderElection
    {
        public KeyValueKey Key => key;

        public KeyValueEntry? Leader =>
            parts.State.Current.Get(parts.Module.Keys.Entries, key.Array) is { IsHeld: true } held ? held : null;

        public ValueTask<ILockHandle> CampaignAsync(CancellationToken cancellationToken = default) =>
            acquisition.AcquireAsync(cancellationToken);

        public async IAsyncEnumerable<KeyValueEntry?> ObserveAsync(
            [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, parts.Lifetime.Stopping);
            using StateWatch watch = StateWatch.Open(parts.State, [StateTopic.ForKey(parts.Module.Keys.Keys, key.Array)]);
            KeyValueEntry? leader = Leader;
            yield return leader;
            while (true)
            {
                try
                {
                    await watch.WaitAsync(ended.Token);
                }
                catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
                {
                    yield break;
                }

                KeyValueEntry? next = Leader;
                if (next?.AcquireIndex != leader?.AcquireIndex)
                {
                    leader = next;
                    yield return leader;
                }
            }
        }
    }
}
