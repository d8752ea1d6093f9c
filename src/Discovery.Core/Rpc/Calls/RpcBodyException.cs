namespace Discovery;

/// <summary>The body of a call is not what the method takes: the caller is told so, and his stream is closed.</summary>
/// <param name="message">What is wrong with it.</param>
public sealed class RpcBodyException(string message) : DiscoveryException(DiscoveryError.InvalidRequest, message)
{
    /// <summary>Whether the message names the field.</summary>
    public bool NamesField { get; init; }
}
