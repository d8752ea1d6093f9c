namespace Discovery.Rpc;

/// <summary>The fields that calls have in common, in the order in which Go declares them.</summary>
internal static class RpcFields
{
    private static readonly RpcShape<RpcRequest> s_source = new(
        new("Datacenter", static (ref reader, _) => reader.Skip()),
        new("Segment", static (ref reader, _) => reader.Skip()),
        new("Node", static (ref reader, request) => reader.ReadText(ref request.SourceNode)),
        new("Ip", static (ref reader, _) => reader.Skip()));

    public static RpcField<T> Datacenter<T>()
        where T : RpcRequest => new("Datacenter", static (ref reader, request) => reader.ReadText(ref request.Datacenter));

    public static RpcField<T> Source<T>()
        where T : RpcRequest => new("Source", static (ref reader, request) => reader.ReadObject(s_source, request));

    public static RpcField<T> Token<T>()
        where T : RpcRequest => new("Token", static (ref reader, request) => reader.ReadText(ref request.Token));

    /// <summary>Those of QueryOptions; what concerns the cache of an agent is passed over.</summary>
    public static RpcField<T>[] Query<T>()
        where T : RpcRequest =>
    [
        Token<T>(),
        new("MinQueryIndex", static (ref reader, request) => reader.ReadUnsigned(ref request.MinQueryIndex)),
        new("MaxQueryTime", static (ref reader, request) => reader.ReadDuration(ref request.MaxQueryTime)),
        new("AllowStale", static (ref reader, request) => reader.ReadBoolean(ref request.AllowStale)),
        new("RequireConsistent", static (ref reader, request) => reader.ReadBoolean(ref request.RequireConsistent)),
        new("UseCache", static (ref reader, _) => reader.Skip()),
        new("MaxStaleDuration", static (ref reader, _) => reader.Skip()),
        new("MaxAge", static (ref reader, _) => reader.Skip()),
        new("MustRevalidate", static (ref reader, _) => reader.Skip()),
        new("StaleIfError", static (ref reader, _) => reader.Skip()),
        new("Filter", static (ref reader, request) => reader.ReadText(ref request.Filter)),
    ];
}
