using System.Globalization;

namespace Discovery.Catalog;

/// <summary>Finds the node that a query names: by name, else by id, else by the beginning of an id that only one node has.</summary>
internal static class NodeFinder
{
    private const int IdDigits = 32;
    private const int DigitsMin = 2;

    /// <summary>Finds it, and declares what the answer depends on.</summary>
    public static CatalogNode? Find(CatalogReader reader, StateSnapshot snapshot, StateTopicSet topics, string nameOrId)
    {
        topics.Add(reader.NodeTopic(nameOrId));
        if (snapshot.Get(reader.Tables.Nodes, CatalogKeys.Folded(nameOrId)) is { } named)
        {
            return named;
        }

        if (!TryReadId(nameOrId, out string digits))
        {
            return null;
        }

        // Any node may come that has such an id, or a second one.
        topics.Add(StateTopic.ForTable(reader.Tables.Nodes));
        CatalogNode? found = null;
        foreach (CatalogNode node in snapshot.Scan(reader.Tables.NodesById, Convert.FromHexString(digits[..(digits.Length & ~1)])))
        {
            if (node.Id.ToString("N", CultureInfo.InvariantCulture).StartsWith(digits, StringComparison.Ordinal))
            {
                if (found is not null)
                {
                    return null;
                }

                found = node;
            }
        }

        if (found is not null)
        {
            topics.Add(reader.NodeTopic(found.Name));
        }

        return found;
    }

    // The beginning of an id as it is written; where the hyphens are does not matter.
    private static bool TryReadId(string text, out string digits)
    {
        digits = text.Length <= IdDigits + 4 ? text.Replace("-", "", StringComparison.Ordinal).ToLowerInvariant() : "";
        return digits.Length is >= DigitsMin and <= IdDigits && digits.All(char.IsAsciiHexDigit);
    }
}
