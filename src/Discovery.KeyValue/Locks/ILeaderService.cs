namespace Discovery;

/// <summary>Work that one node of the cluster does at a time.</summary>
public interface ILeaderService
{
    /// <summary>Does the work while this node leads. When it returns, the leadership is given to the next one.</summary>
    /// <param name="context">The leadership: its fence for what is written.</param>
    /// <param name="stoppingToken">
    /// Cancelled when the work must stop: the host stops, the leadership is lost, or its lease cannot be renewed and ends soon. The work
    /// has until <see cref="LeaderServiceOptions.StopTimeout"/> to return.
    /// </param>
    Task ExecuteAsync(LeaderContext context, CancellationToken stoppingToken);
}
