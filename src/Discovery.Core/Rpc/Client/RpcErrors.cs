namespace Discovery.Rpc;

/// <summary>What the texts of errors mean, on the side that gets them. Pure.</summary>
internal static class RpcErrors
{
    /// <summary>Whether the server closes the stream after this error.</summary>
    public static bool EndsStream(string text) =>
        text.StartsWith("rpc: ", StringComparison.Ordinal) || text.StartsWith("codec", StringComparison.Ordinal);

    public static DiscoveryException Of(string text) => text switch
    {
        _ when Has(text, "No cluster leader") => New(DiscoveryError.NoLeader, text),
        _ when Has(text, "leadership lost") => New(DiscoveryError.OutcomeUnknown, text, WriteOutcome.Unknown),
        _ when Has(text, "No path to datacenter") => New(DiscoveryError.NoPathToDatacenter, text),
        _ when Has(text, "Permission denied") || Has(text, "ACL not found") => New(DiscoveryError.PermissionDenied, text),
        _ when Has(text, "rate limit exceeded") => New(DiscoveryError.Overloaded, text),
        _ when Has(text, "This server is a witness") => New(DiscoveryError.Witness, text),
        _ => New(DiscoveryError.InvalidRequest, text),
    };

    private static bool Has(string text, string part) => text.Contains(part, StringComparison.Ordinal);

    private static DiscoveryException New(DiscoveryError error, string text, WriteOutcome outcome = WriteOutcome.NotApplied) =>
        new(error, text, outcome);
}
