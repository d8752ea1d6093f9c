using System.Globalization;
using System.Text;
using Discovery;

namespace ThreeServers;

/// <summary>The job that only one of the servers runs: it counts, and goes on where the one before was stopped.</summary>
internal sealed class Chore(IKeyValueStore store) : ILeaderService
{
    private const string Key = "chore/count";

    public async Task ExecuteAsync(LeaderContext context, CancellationToken stoppingToken)
    {
        Report.Job(0, isRunning: true);
        try
        {
            QueryReply<KeyValueEntry?> known = await store.QueryAsync(Key, cancellationToken: stoppingToken);
            int count = known.Body is { } entry ? int.Parse(Encoding.UTF8.GetString(entry.Value.Span), CultureInfo.InvariantCulture) : 0;
            while (!stoppingToken.IsCancellationRequested)
            {
                byte[] next = Encoding.UTF8.GetBytes((++count).ToString(CultureInfo.InvariantCulture));

                // The fence: a process that was paused while another took over does not count any more.
                KeyValueResult written = await store.PutAsync(
                    Key, next, new KeyValuePut { Fence = context.Fence }, cancellationToken: stoppingToken);
                if (!written.IsApplied)
                {
                    return;
                }

                Report.Job(count, isRunning: true);
                await Task.Delay(TimeSpan.FromMilliseconds(250), stoppingToken);
            }
        }
        finally
        {
            Report.Job(0, isRunning: false);
        }
    }
}
