using Discovery.Catalog;
using Discovery.Runtime;

namespace Discovery.Coordinates;

/// <summary>The facade of the coordinates.</summary>
internal sealed class CoordinateStore(CoordinateModule module, CoordinateUpdates updates, StateQueries queries, CallScope scope)
    : ICoordinates
{
    private static readonly RowListComparer<NodeCoordinate> Same = new(static (a, b) => a.Equals(b));

    public ValueTask UpdateAsync(
        NodeCoordinate coordinate, CallContext? context = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(coordinate);
        scope.Check(context ?? CallContext.Local);
        if (coordinate.Coordinate is not { IsValid: true })
        {
            throw new CatalogRefusedException(
                CatalogRefusal.IncompatibleCoordinate,
                coordinate.Node ?? "",
                $"The coordinate must have {Coordinate.Dimensions} dimensions and finite numbers.");
        }

        // Nobody's name: dropped like that of any node that is not in the catalog.
        if (IsName(coordinate.Node) && coordinate.Node.Length > 0 && IsName(coordinate.Segment))
        {
            updates.Add(coordinate);
        }

        return ValueTask.CompletedTask;
    }

    private static bool IsName(string? text) =>
        text is { Length: <= CatalogLimits.TextCharsMax } && !text.Contains('\0') && UnicodeText.IsWellFormed(text);

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
