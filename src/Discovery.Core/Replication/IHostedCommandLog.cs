namespace Discovery;

/// <summary>A log that the node starts before anything else of it, and stops last.</summary>
public interface IHostedCommandLog : ICommandLog
{
    /// <summary>Whether its start may have to wait for other servers: the node does not hold up its host for them.</summary>
    bool NeedsOthers { get; }

    /// <summary>Why this node takes no part in the log any more; null while it does.</summary>
    Exception? Fault { get; }

    /// <summary>What is not as it should be although the log works, such as a single copy of the state; null when all is well.</summary>
    string? Concern => null;

    /// <summary>Opens the log; when this ends, the state machine has the state of the newest snapshot, and the rest follows.</summary>
    /// <param name="host">The node that the log is of.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="DiscoveryException">What is on the disk is damaged, or another node's: the text names the file and the
    /// remedy.</exception>
    Task StartAsync(CommandLogHost host, CancellationToken cancellationToken);

    /// <summary>Ends what is under way, hands leadership over if there is somebody, and stops.</summary>
    /// <param name="cancellationToken">Ends the waiting, not the stopping.</param>
    Task StopAsync(CancellationToken cancellationToken);
}
