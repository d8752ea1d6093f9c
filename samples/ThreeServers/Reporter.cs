using Discovery;

namespace ThreeServers;

/// <summary>Reports who leads as soon as that changes, and now and then how far the state is.</summary>
internal sealed class Reporter(ICommandLog log) : BackgroundService
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(200);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            Leadership leadership = log.Leadership;
            Report.State(leadership.Leader, leadership.Term, log.StateMachine.Current.Index);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(leadership.Ended, stoppingToken);
            await Task.Delay(s_pause, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
