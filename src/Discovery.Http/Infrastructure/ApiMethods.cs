namespace Discovery.Infrastructure;

/// <summary>The methods that a route answers; OPTIONS is answered everywhere.</summary>
[Flags]
internal enum ApiMethods
{
    None = 0,
    Get = 1,
    Post = 2,
    Put = 4,
    Delete = 8,
}
