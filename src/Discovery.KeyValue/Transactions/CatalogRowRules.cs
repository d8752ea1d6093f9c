using Discovery.KeyValue;

namespace Discovery.Transactions;

/// <summary>What a row of the catalog must have so that it can be a row at all.</summary>
internal static class CatalogRowRules
{
    public static void Check(CatalogNode node, bool isWhole)
    {
        CheckText(node.Name, "node's name", isRequired: isWhole);
        CheckText(node.Address, "node's address", isRequired: false);
    }

    public static void Check(CatalogService service, bool isWhole)
    {
        CheckText(service.Node, "service's node", isRequired: true);
        CheckText(service.Id, "service's id", isRequired: true);
        CheckText(service.Name, "service's name", isRequired: isWhole);
    }

    public static void Check(CatalogCheck check, bool isWhole)
    {
        CheckText(check.Node, "check's node", isRequired: true);
        CheckText(check.CheckId, "check's id", isRequired: true);
        CheckText(check.ServiceId, "check's service", isRequired: false);
    }

    private static void CheckText(string? text, string what, bool isRequired)
    {
        if (text is null || (isRequired && text.Length == 0) || text.Contains('\0'))
        {
            throw KeyValueValidator.Invalid($"The {what} is missing, or has U+0000 in it.");
        }
    }
}
