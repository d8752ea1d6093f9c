using Discovery.Catalog;

namespace Discovery.Coordinates;

/// <summary>The facade of the coordinates.</summary>
internal sealed class CoordinateStore(CoordinateModule module, CoordinateUpdates updates, StateQueries queries, CatalogScope scope)
    : ICoordinates
{
    private static readonly RowListComparer<NodeCoordinate> Same = new(static (a, b) => a.Equals(b));

    public ValueTask UpdateAsync(
        NodeCoordinate coordinate, CallContext? context = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(coordinate);
        scope.Check(context ?? CallContext.Local);
        if (string.IsNullOrEmpty(coordinate.Node))
        {
            throw new CatalogRefusedException(CatalogRefusal.NodeMissing, "", "A coordinate must name its node.");
        }

        if (coordinate.Coordinate is not { IsValid: true })
        {
            throw new CatalogRefusedException(
                CatalogRefusal.IncompatibleCoordinate,
                coordinate.Node,
                $"The coordinate must have {Coordinate.Dimensions} dimensions and finite numbers.");
        }

        if (coordinate.Node.Contains('\0') || coordinate.Segment is null || coordinate.Segment.Contains('\0'))
        {
            throw new CatalogRefusedException(
                CatalogRefusal.Malformed, coordinate.Node, "The names of node and segment must be given, without U+0000.");
        }

        updates.Add(coordinate);
        return ValueTask.CompletedTask;
    }

    public ValueTask<QueryReply<IReadOnlyList<NodeCoordinate>>> QueryNodesAsync(
        QueryOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= QueryOptions.Default;
        scope.Check(options.Context);
        CoordinateTables tables = module.Tables;
        return queries.QueryAsync<IReadOnlyList<NodeCoordinate>>(
            (snapshot, topics) =>
            {
                topics.Add(StateTopic.ForTable(tables.Coordinates));
                return snapshot.Scan(tables.Coordinates).ToList();
            },
            Same,
            options,
            cancellationToken);
    }

    public ValueTask<QueryReply<IReadOnlyList<NodeCoordinate>>> QueryNodeAsync(
        string node, QueryOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= QueryOptions.Default;
        scope.Check(options.Context);
        RegistrationValidator.ThrowIfNoName(node);
        CoordinateTables tables = module.Tables;
        byte[] key = CatalogKeys.Folded(node);
        return queries.QueryAsync<IReadOnlyList<NodeCoordinate>>(
            (snapshot, topics) =>
            {
                topics.Add(StateTopic.ForKey(tables.NodeTopics, key));
                return snapshot.Scan(tables.Coordinates, key).ToList();
            },
            Same,
            options,
            cancellationToken);
    }
}
