namespace Discovery;

/// <summary>Expected trouble: a request that cannot be carried out now or as it stands.</summary>
/// <remarks>
/// Refusals that a caller handles as a matter of course (a compare-and-set that failed, a lock that is held) are values, not this.
/// </remarks>
public class DiscoveryException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="error">The class of trouble.</param>
    /// <param name="message">What happened and, where there is one, the remedy.</param>
    /// <param name="writeOutcome">What is known of the write, if there was one.</param>
    /// <param name="innerException">The cause.</param>
    public DiscoveryException(
        DiscoveryError error, string message, WriteOutcome writeOutcome = WriteOutcome.NotApplied, Exception? innerException = null)
        : base(message, innerException)
    {
        Error = error;
        WriteOutcome = writeOutcome;
    }

    /// <summary>The class of trouble.</summary>
    public DiscoveryError Error { get; }

    /// <summary>Whether the write was surely not applied, or its outcome is unknown.</summary>
    public WriteOutcome WriteOutcome { get; }
}
