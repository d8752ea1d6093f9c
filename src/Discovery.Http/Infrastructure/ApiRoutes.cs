namespace Discovery.Infrastructure;

/// <summary>The table of all routes. Filled when the endpoints are mapped, only read afterwards.</summary>
/// <remarks>
/// Matching is that of Go's ServeMux, which Consul's paths rely on: by the decoded path, with regard to case; a pattern that ends with a
/// slash takes everything below it, slashes included; the longest pattern wins. Names may so contain <c>%2F</c>, which is a slash, and
/// <c>%252F</c>, which is the text <c>%2F</c>.
/// </remarks>
internal sealed class ApiRoutes
{
    private const int SegmentsMax = 8;

    private readonly Dictionary<string, ApiRoute> _routes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ApiRoute>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private int _prefixSegments;

    public ApiRoutes() => _lookup = _routes.GetAlternateLookup<ReadOnlySpan<char>>();

    public IEnumerable<ApiRoute> All => _routes.Values;

    /// <summary>Adds a route.</summary>
    /// <param name="pattern">The path below <c>/v1/</c>: <c>status/leader</c>, or <c>catalog/service/</c> to take what follows.</param>
    /// <param name="methods">The methods.</param>
    /// <param name="handler">Who answers.</param>
    public void Add(string pattern, ApiMethods methods, ApiHandler handler)
    {
        _routes.Add(pattern, new ApiRoute(pattern, methods, handler));
        if (pattern.EndsWith('/'))
        {
            _prefixSegments = Math.Max(_prefixSegments, pattern.Count(static c => c == '/'));
            Invariant.Check(_prefixSegments <= SegmentsMax, "a pattern has more segments than are looked at");
        }
    }

    /// <summary>Finds the route of a path.</summary>
    /// <param name="path">The decoded path below <c>/v1/</c>.</param>
    /// <param name="restAt">Where the part begins that the pattern leaves open.</param>
    public ApiRoute? Find(ReadOnlySpan<char> path, out int restAt)
    {
        restAt = path.Length;
        if (_lookup.TryGetValue(path, out ApiRoute? exact))
        {
            return exact;
        }

        // A path that lacks nothing but the slash of a pattern is sent there, also where a shorter pattern would take it.
        if (IsPrefixWithoutSlash(path))
        {
            return null;
        }

        Span<int> ends = stackalloc int[SegmentsMax];
        int count = 0;
        for (int at = 0; at < path.Length && count < _prefixSegments; at++)
        {
            if (path[at] == '/')
            {
                ends[count++] = at + 1;
            }
        }

        while (count-- > 0)
        {
            if (_lookup.TryGetValue(path[..ends[count]], out ApiRoute? prefix))
            {
                restAt = ends[count];
                return prefix;
            }
        }

        return null;
    }

    /// <summary>Whether a path is a pattern without its last slash: such a caller is sent there.</summary>
    public bool IsPrefixWithoutSlash(ReadOnlySpan<char> path)
    {
        Span<char> withSlash = stackalloc char[64];
        if (path.Length >= withSlash.Length)
        {
            return false;
        }

        path.CopyTo(withSlash);
        withSlash[path.Length] = '/';
        return _lookup.ContainsKey(withSlash[..(path.Length + 1)]);
    }
}
