namespace Discovery.Consul;

/// <summary>Ends a request with a status code and a text.</summary>
internal sealed class ApiException(int status, string text) : DiscoveryException(DiscoveryError.InvalidRequest, text)
{
    public int Status { get; } = status;

    /// <summary>400 with a text.</summary>
    public static ApiException BadRequest(string text) => new(400, text);
}
