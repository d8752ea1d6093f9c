namespace Discovery.Infrastructure;

/// <summary>One pattern below <c>/v1/</c>, the methods that it answers, and who answers.</summary>
internal sealed class ApiRoute(string pattern, ApiMethods methods, ApiHandler handler)
{
    public string Pattern { get; } = pattern;

    public ApiHandler Handler { get; } = handler;

    /// <summary>The value of the Allow header.</summary>
    public string Allow { get; } = "OPTIONS"
        + (methods.HasFlag(ApiMethods.Get) ? ",GET" : "")
        + (methods.HasFlag(ApiMethods.Post) ? ",POST" : "")
        + (methods.HasFlag(ApiMethods.Put) ? ",PUT" : "")
        + (methods.HasFlag(ApiMethods.Delete) ? ",DELETE" : "");

    public bool Allows(string method) => method switch
    {
        "GET" => (methods & ApiMethods.Get) != 0,
        "PUT" => (methods & ApiMethods.Put) != 0,
        "POST" => (methods & ApiMethods.Post) != 0,
        "DELETE" => (methods & ApiMethods.Delete) != 0,
        _ => false,
    };
}
