namespace Discovery;

/// <summary>A session could not be created.</summary>
public sealed class SessionRefusedException : DiscoveryException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="refusal">Why.</param>
    /// <param name="subject">What it is about.</param>
    /// <param name="message">Both, for people.</param>
    public SessionRefusedException(SessionRefusal refusal, string subject, string message)
        : base(DiscoveryError.InvalidRequest, message)
    {
        Refusal = refusal;
        Subject = subject;
    }

    /// <summary>Why.</summary>
    public SessionRefusal Refusal { get; }

    /// <summary>The node or the check that it is about.</summary>
    public string Subject { get; }
}
