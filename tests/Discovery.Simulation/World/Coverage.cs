using System.Globalization;

namespace Discovery.Simulation;

/// <summary>How often what a run is for has happened.</summary>
internal sealed class Coverage
{
    private readonly SortedDictionary<string, long> _counts = new(StringComparer.Ordinal);

    /// <summary>What no set of seeds may be without.</summary>
    public static readonly string[] Wanted =
    [
        "acknowledged writes", "appends lost in a crash", "appends to witnesses", "catch-ups in the liveness phase",
        "changes of members split", "clock changes",
        "configurations committed", "consistent reads", "crashes", "disk stalls", "elections won", "follower reads",
        "full partitions", "joint configurations committed", "leaders removed", "lease reads", "loads for peers",
        "loads to apply", "one-way partitions", "partial partitions", "power losses", "processes suspended",
        "proposals overwritten", "promotions", "single-copy commits", "snapshots installed", "snapshots taken",
        "truncations", "transfers asked", "transfers done", "unknown outcomes", "votes lost in a crash", "wiped disks",
        "witnesses asked",
    ];

    public long this[string name] => _counts.GetValueOrDefault(name);

    public IEnumerable<string> Missing(IEnumerable<string> wanted) => wanted.Where(name => this[name] == 0);

    public void Count(string name, long times = 1) => _counts[name] = _counts.GetValueOrDefault(name) + times;

    public void Add(Coverage other)
    {
        foreach ((string name, long count) in other._counts)
        {
            Count(name, count);
        }
    }

    public override string ToString() => string.Join(
        '\n', _counts.Select(static pair => string.Create(CultureInfo.InvariantCulture, $"  {pair.Key,-34} {pair.Value,10}")));
}
