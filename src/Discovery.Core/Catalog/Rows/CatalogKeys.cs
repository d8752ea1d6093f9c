namespace Discovery.Catalog;

/// <summary>The keys of the catalog's tables, indexes and topics. Names are folded: they compare without regard to case.</summary>
internal static class CatalogKeys
{
    public const int StackBytes = 256;

    /// <summary>A name as keys have it: names that differ in case only are one name.</summary>
    public static string Fold(string name) => name.ToLowerInvariant();

    public static void Node(CatalogNode row, ref StateKeyBuilder key) => key.AppendFolded(row.Name);

    public static void Service(CatalogService row, ref StateKeyBuilder key)
    {
        key.AppendFolded(row.Node);
        key.Append(row.Id);
    }

    public static void Check(CatalogCheck row, ref StateKeyBuilder key)
    {
        key.AppendFolded(row.Node);
        key.Append(row.CheckId);
    }

    public static void NodeById(CatalogNode row, ref StateKeyBuilder key)
    {
        if (row.Id != Guid.Empty)
        {
            Span<byte> id = stackalloc byte[16];
            row.Id.TryWriteBytes(id, bigEndian: true, out _);
            key.Append(id);
        }
    }

    public static void ServiceByName(CatalogService row, ref StateKeyBuilder key) => key.AppendFolded(row.Name);

    public static void Departure(CatalogDeparture row, ref StateKeyBuilder key)
    {
        key.Append(row.Index);
        key.AppendFolded(row.Node);
        key.Append(row.ServiceId);
    }

    public static void DepartureByService(CatalogDeparture row, ref StateKeyBuilder key) => key.AppendFolded(row.Service);

    public static byte[] Departure(CatalogDeparture row)
    {
        var key = new StateKeyBuilder(stackalloc byte[StackBytes]);
        Departure(row, ref key);
        byte[] bytes = key.Bytes.ToArray();
        key.Dispose();
        return bytes;
    }

    /// <summary>One folded name as key: a node, or all instances of a service in the index by name.</summary>
    public static byte[] Folded(string name)
    {
        var key = new StateKeyBuilder(stackalloc byte[StackBytes]);
        key.AppendFolded(name);
        byte[] bytes = key.Bytes.ToArray();
        key.Dispose();
        return bytes;
    }

    /// <summary>A node and an id on it: a service, a check, or the checks of an instance.</summary>
    public static byte[] OnNode(string node, string id)
    {
        var key = new StateKeyBuilder(stackalloc byte[StackBytes]);
        key.AppendFolded(node);
        key.Append(id);
        byte[] bytes = key.Bytes.ToArray();
        key.Dispose();
        return bytes;
    }
}
