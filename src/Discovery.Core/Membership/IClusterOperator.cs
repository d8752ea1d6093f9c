namespace Discovery;

/// <summary>Looks at the servers that keep the log, and changes who they are.</summary>
/// <remarks>
/// Works on any server: what the leader must do is sent to it. Every change is logged with who asked for it. Without a replicated log the
/// node is its cluster's only voter, and all changes are refused.
/// </remarks>
public interface IClusterOperator
{
    /// <summary>The configuration that this node follows.</summary>
    ClusterConfiguration Configuration { get; }

    /// <summary>Asks the leader for the configuration that is committed.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="DiscoveryException">There is no leader.</exception>
    ValueTask<ClusterConfiguration> ReadConfigurationAsync(CancellationToken cancellationToken = default);

    /// <summary>Asks the leader how the servers are.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="DiscoveryException">There is no leader.</exception>
    ValueTask<ClusterHealth> ReadHealthAsync(CancellationToken cancellationToken = default);

    /// <summary>Removes a server for good: its log has no say any more, and it may come back as a newcomer only.</summary>
    /// <remarks>Ends when the change is committed. A leader that is to go hands over first.</remarks>
    /// <param name="nodeId">The server.</param>
    /// <param name="cancellationToken">Gives up; the change may be made still.</param>
    /// <exception cref="DiscoveryException">
    /// There is no such server (<see cref="DiscoveryError.NotFound"/>); it is the last voter; another change is under way for too long;
    /// there is no leader.
    /// </exception>
    ValueTask RemoveServerAsync(Guid nodeId, CancellationToken cancellationToken = default);

    /// <summary>Has another server lead.</summary>
    /// <param name="nodeId">The voter that is to lead; null for the one that lacks least.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="DiscoveryException">There is no such voter, it did not catch up in time, or there is no leader.</exception>
    ValueTask TransferLeadershipAsync(Guid? nodeId = null, CancellationToken cancellationToken = default);

    /// <summary>Takes this server out of the cluster: hands over if it leads, and is removed by the next leader.</summary>
    /// <remarks>The last voter stays: the state would be nobody's. A server that only stops does not leave.</remarks>
    /// <param name="cancellationToken">Gives up; the removal may be made still.</param>
    ValueTask LeaveAsync(CancellationToken cancellationToken = default);

    /// <summary>Takes this server out of the cluster if others keep the log too; one that keeps it alone keeps it.</summary>
    /// <remarks>What a node does that is told to leave, before its members hear of it.</remarks>
    /// <param name="cancellationToken">Gives up; the removal may be made still.</param>
    ValueTask LeaveOthersAsync(CancellationToken cancellationToken = default) =>
        Configuration.Servers.Count > 1 ? LeaveAsync(cancellationToken) : ValueTask.CompletedTask;

    /// <summary>Goes on alone after the quorum is lost for good, from what this server's log has.</summary>
    /// <remarks>
    /// A last resort: what only lost servers had is lost, however surely it was acknowledged. Choose the survivor with the newest log. The
    /// others join it as newcomers with empty data directories; as members of the cluster before they are refused. It waits until no leader
    /// was heard for ten election timeouts, so that a cluster that is only electing is not given up.
    /// </remarks>
    /// <param name="reason">Why; goes into the log with all that is done.</param>
    /// <param name="cancellationToken">Gives up, as long as nothing was done.</param>
    /// <exception cref="DiscoveryException">A leader is known: nothing is to be recovered from.</exception>
    ValueTask<RecoveryReport> RecoverAsync(string reason, CancellationToken cancellationToken = default);
}
