namespace Discovery;

/// <summary>Tells everything that waits on this node when it stops.</summary>
public sealed class NodeLifetime
{
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Cancelled when blocked queries and watches must end.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>Ends every wait.</summary>
    internal void Stop() => _stopping.Cancel();
}
