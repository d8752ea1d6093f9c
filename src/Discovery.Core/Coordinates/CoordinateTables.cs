using Discovery.Catalog;

namespace Discovery.Coordinates;

/// <summary>The table of coordinates and its topics.</summary>
internal sealed class CoordinateTables
{
    private const int CatalogReactionId = 1;

    public CoordinateTables(StateModuleBuilder builder, CatalogTables catalog)
    {
        Coordinates = builder.AddTable<NodeCoordinate>("coordinates", WriteKey, NodeCoordinateCodec.Instance);
        NodeTopics = builder.AddTopicSpace("node", (transaction, key) => transaction.Scan(Coordinates, key).Count > 0);
        Coordinates.DeriveTopics(Derive);
        builder.AddReaction<CatalogNode>(catalog.Nodes, CatalogReactionId, RemoveWithNode);
    }

    public StateTable<NodeCoordinate> Coordinates { get; }

    /// <summary>One topic per node: its coordinates.</summary>
    public StateTopicSpace NodeTopics { get; }

    private static void WriteKey(NodeCoordinate row, ref StateKeyBuilder key)
    {
        key.AppendFolded(row.Node);
        key.Append(row.Segment);
    }

    private void Derive(StateTransaction transaction, StateRowChange<NodeCoordinate> change, ref StateTopicSink topics)
    {
        var key = new StateKeyBuilder(stackalloc byte[CatalogKeys.StackBytes]);
        key.AppendFolded(change.Row.Node);
        topics.Touch(NodeTopics, key.Bytes);
        key.Dispose();
    }

    private void RemoveWithNode(StateTransaction transaction, StateRowChange<CatalogNode> change)
    {
        if (change.New is not null)
        {
            return;
        }

        foreach (NodeCoordinate row in transaction.Scan(Coordinates, CatalogKeys.Folded(change.Row.Name)))
        {
            transaction.Delete(Coordinates, CatalogKeys.OnNode(row.Node, row.Segment));
        }
    }
}
