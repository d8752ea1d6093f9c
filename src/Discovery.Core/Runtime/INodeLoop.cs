namespace Discovery;

/// <summary>A background loop that another package adds to the node: started with it, supervised, ended when it leaves.</summary>
/// <remarks>Registered as a singleton; what it throws is logged and answered by a restart with back-off.</remarks>
public interface INodeLoop
{
    /// <summary>Its name in logs, metrics and health; unique in the node.</summary>
    string Name { get; }

    /// <summary>The work, until it is cancelled. It awaits without <c>ConfigureAwait(false)</c>.</summary>
    /// <param name="cancellationToken">Cancelled when the node leaves.</param>
    Task RunAsync(CancellationToken cancellationToken);
}
