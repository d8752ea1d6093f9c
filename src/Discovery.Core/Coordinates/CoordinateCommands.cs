using Discovery.Catalog;

namespace Discovery.Coordinates;

/// <summary>Applies batches of coordinates.</summary>
internal sealed class CoordinateCommands(CoordinateTables tables, CatalogTables catalog)
{
    /// <summary>Puts the coordinates of nodes that are in the catalog.</summary>
    /// <returns>How many were put: those of unknown nodes, and those that say what is known, are not.</returns>
    public long Update(StateTransaction transaction, IReadOnlyList<NodeCoordinate> batch)
    {
        long put = 0;
        foreach (NodeCoordinate given in batch)
        {
            if (transaction.Get(catalog.Nodes, CatalogKeys.Folded(given.Node)) is not { } node)
            {
                continue;
            }

            NodeCoordinate? current = transaction.Get(tables.Coordinates, CatalogKeys.OnNode(given.Node, given.Segment));
            NodeCoordinate row = given with { Node = node.Name };
            if (current is null || !current.Equals(row))
            {
                transaction.Put(tables.Coordinates, row);
                put++;
            }
        }

        return put;
    }
}
