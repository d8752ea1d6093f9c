using System.Globalization;
using System.Text;
using Discovery;

namespace LockedJob;

/// <summary>Writes a report again and again, on the one node that leads.</summary>
/// <remarks>Every write carries the fence: should this process be paused until another node leads, its late write is refused.</remarks>
internal sealed class NightlyReport(IKeyValueStore store, ILogger<NightlyReport> logger) : ILeaderService
{
    public async Task ExecuteAsync(LeaderContext context, CancellationToken stoppingToken)
    {
        for (int page = 1; !stoppingToken.IsCancellationRequested; page++)
        {
            byte[] text = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"page {page}"));
            KeyValueResult written = await store.PutAsync(
                "reports/latest", text, new KeyValuePut { Fence = context.Fence }, cancellationToken: stoppingToken);
            if (!written.IsApplied)
            {
                logger.LogWarning("Another node leads: page {Page} was not written ({Refusal})", page, written.Refusal);
                return;
            }

            logger.LogInformation("Wrote page {Page} under fence {Fence}", page, context.Fence.AcquireIndex);
            await Task.Delay(TimeSpan.FromSeconds(2), stoppingToken);
        }
    }
}
