namespace Discovery.Catalog;

/// <summary>Finds nodes in the newest snapshot, without allocating.</summary>
internal sealed class NodeLookup(CatalogReader reader, StateMachine state)
{
    public CatalogNode? Find(ReadOnlySpan<char> name)
    {
        if (name.IsEmpty || name.Contains('\0'))
        {
            return null;
        }

        var key = new StateKeyBuilder(stackalloc byte[CatalogKeys.StackBytes]);
        key.AppendFolded(name);
        CatalogNode? node = state.Current.Get(reader.Tables.Nodes, key.Bytes);
        key.Dispose();
        return node;
    }

    public CatalogNode? Find(Guid id)
    {
        if (id == Guid.Empty)
        {
            return null;
        }

        Span<byte> key = stackalloc byte[16];
        id.TryWriteBytes(key, bigEndian: true, out _);
        return state.Current.First(reader.Tables.NodesById, key);
    }
}
