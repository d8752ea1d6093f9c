using Discovery.Peers.Http;
using Discovery.Peers.Processes;

namespace Discovery.Peers.Compatibility;

/// <summary>One line of testdata/routes.txt.</summary>
internal sealed record Route(string Priority, string Group, string Method, string Path, string Note)
{
    public static IReadOnlyList<Route> Load() =>
        [.. from line in File.ReadLines(System.IO.Path.Combine(Places.TestData, "routes.txt"))
            where line.Length > 0 && line[0] != '#'
            let parts = line.Split('|', StringSplitOptions.TrimEntries)
            select new Route(parts[0], parts[1], parts[2], parts[3], parts[4])];

    /// <summary>Whether a request goes to this route: its last segment, if named, takes the rest of the path.</summary>
    public bool Takes(RawRequest request) => Takes(request.Method, request.Target);

    /// <summary>The same for a request as differences name it.</summary>
    public bool Takes(string describedRequest)
    {
        string[] parts = describedRequest.Split(' ', 3);
        return parts.Length > 1 && Takes(parts[0], parts[1]);
    }

    private bool Takes(string method, string target)
    {
        string path = target.Split('?')[0];
        int name = Path.IndexOf(':', StringComparison.Ordinal);
        bool isThere = name < 0 ? path == Path : path.StartsWith(Path[..name], StringComparison.Ordinal) && path.Length > name;
        return method == Method && isThere;
    }
}
