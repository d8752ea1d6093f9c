namespace Discovery.Peers.Http;

/// <summary>One request as it goes over the wire: nothing is escaped, added or changed but Host, Content-Length and Connection.</summary>
internal sealed record RawRequest(string Method, string Target, IReadOnlyList<(string Name, string Value)> Headers, string? Body)
{
    public string Line => $"{Method} {Target}";
}
