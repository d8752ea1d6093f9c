using Discovery;

namespace LockedJob;

/// <summary>Three workers that take turns with one lock, in the order in which they ask for it.</summary>
internal sealed class Workers(IDistributedLocks locks, ILogger<Workers> logger) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(1, 3).Select(number => WorkAsync(number, stoppingToken)));

    private async Task WorkAsync(int number, CancellationToken stoppingToken)
    {
        IDistributedLock printer = locks.CreateLock("printer");
        while (!stoppingToken.IsCancellationRequested)
        {
            await using ILockHandle held = await printer.AcquireAsync(stoppingToken);

            // What the lock guards stops when the lock is lost, and the app with it.
            using var printing = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, held.LostToken);
            logger.LogInformation("Worker {Number} prints, fence {Fence}", number, held.Fence.AcquireIndex);
            await Task.Delay(TimeSpan.FromSeconds(1), printing.Token);
        }
    }
}
