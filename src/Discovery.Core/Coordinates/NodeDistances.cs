using Discovery.Catalog;

namespace Discovery.Coordinates;

/// <summary>How far nodes are from one of them, in one snapshot; asked once per node.</summary>
internal sealed class NodeDistances
{
    private readonly CoordinateTables _tables;
    private readonly StateSnapshot _snapshot;
    private readonly List<NodeCoordinate> _from;
    private readonly Dictionary<string, double> _known = new(StringComparer.OrdinalIgnoreCase);

    private NodeDistances(CoordinateTables tables, StateSnapshot snapshot, List<NodeCoordinate> from)
    {
        _tables = tables;
        _snapshot = snapshot;
        _from = from;
    }

    /// <summary>
    /// The rows in order of distance; those at the same distance, and those at an unknown one at the end, keep their order.
    /// </summary>
    /// <returns>The given list when the node has no coordinate, or is not named.</returns>
    public static IReadOnlyList<T> Sort<T>(
        IReadOnlyList<T> rows, CoordinateTables tables, StateSnapshot snapshot, string? near, Func<T, string> nodeOf)
    {
        if (string.IsNullOrEmpty(near) || near.Contains('\0') || rows.Count < 2)
        {
            return rows;
        }

        List<NodeCoordinate> from = snapshot.Scan(tables.Coordinates, CatalogKeys.Folded(near)).ToList();
        if (from.Count == 0)
        {
            return rows;
        }

        var distances = new NodeDistances(tables, snapshot, from);
        return [.. rows.OrderBy(row => distances.To(nodeOf(row)))];
    }

    private double To(string node)
    {
        if (!_known.TryGetValue(node, out double distance))
        {
            List<NodeCoordinate> to = _snapshot.Scan(_tables.Coordinates, CatalogKeys.Folded(node)).ToList();
            distance = Between(_from, to);
            _known.Add(node, distance);
        }

        return distance;
    }

    // Consul's rule for segments: a node that is in one segment only decides which one is compared.
    private static double Between(List<NodeCoordinate> from, List<NodeCoordinate> to)
    {
        string segment = from.Count == 1 ? from[0].Segment : to.Count == 1 ? to[0].Segment : "";
        Coordinate? a = from.Find(row => row.Segment == segment)?.Coordinate;
        Coordinate? b = to.Find(row => row.Segment == segment)?.Coordinate;
        return a is null || b is null ? double.PositiveInfinity : a.DistanceTo(b);
    }
}
