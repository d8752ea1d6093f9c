namespace Discovery.Rpc;

/// <summary>What most calls have in common: whom they are for, and how a query is carried out.</summary>
internal class RpcRequest
{
    public string Datacenter = "";
    public string Token = "";
    public ulong MinQueryIndex;
    public TimeSpan? MaxQueryTime;
    public bool AllowStale;
    public bool RequireConsistent;
    public string Filter = "";
    public string SourceNode = "";

    /// <summary>Refuses a call that is for another datacenter, or for none: the own one must be named.</summary>
    public void RequireDatacenter(RpcCall call)
    {
        if (!string.Equals(Datacenter, call.Datacenter, StringComparison.OrdinalIgnoreCase))
        {
            throw new DiscoveryException(DiscoveryError.NoPathToDatacenter, "No path to datacenter");
        }
    }

    public CallContext ContextOf(RpcCall call) => new()
    {
        Token = Token.Length > 0 ? Token : null,
        Datacenter = Datacenter,
        SourceNode = SourceNode.Length > 0 ? SourceNode : null,
        SourceAddress = call.SourceAddress,
    };

    public QueryOptions OptionsOf(RpcCall call) => new()
    {
        Context = ContextOf(call),
        Consistency = AllowStale ? ReadConsistency.Stale
            : RequireConsistent ? ReadConsistency.Consistent
            : ReadConsistency.Default,
        AfterIndex = MinQueryIndex,
        Wait = MinQueryIndex == 0 ? TimeSpan.Zero : call.WaitOf(MaxQueryTime ?? TimeSpan.Zero),
    };

    public string? FilterOrNull => Filter.Length > 0 ? Filter : null;
}
