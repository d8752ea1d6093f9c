using System.Diagnostics.CodeAnalysis;
using Discovery.KeyValue;

namespace Discovery.Transactions;

/// <summary>What a row of the catalog must have so that it can be a row at all: nothing that is null goes into the log.</summary>
internal static class CatalogRowRules
{
    public static void Check(CatalogNode? node, bool isWhole)
    {
        CheckPresent(node, "node");
        CheckText(node.Name, "node's name", isRequired: isWhole);
        CheckText(node.Address, "node's address", isRequired: false);
        CheckPresent(node.Datacenter, "node's datacenter");
        CheckMap(node.TaggedAddresses, "node's tagged addresses");
        CheckMap(node.Meta, "node's meta");
    }

    public static void Check(CatalogService? service, bool isWhole)
    {
        CheckPresent(service, "service");
        CheckText(service.Node, "service's node", isRequired: true);
        CheckText(service.Id, "service's id", isRequired: true);
        CheckText(service.Name, "service's name", isRequired: isWhole);
        CheckPresent(service.Address, "service's address");
        CheckList(service.Tags, "service's tags");
        CheckMap(service.Meta, "service's meta");
        CheckPresent(service.TaggedAddresses, "service's tagged addresses");
        foreach ((string name, ServiceAddress address) in service.TaggedAddresses)
        {
            CheckPresent(name, "name of a tagged address");
            CheckPresent(address?.Address, "tagged address");
        }
    }

    public static void Check(CatalogCheck? check, bool isWhole)
    {
        CheckPresent(check, "check");
        CheckText(check.Node, "check's node", isRequired: true);
        CheckText(check.CheckId, "check's id", isRequired: true);
        CheckText(check.ServiceId, "check's service", isRequired: false);
        CheckPresent(check.ServiceName, "check's service name");
        CheckPresent(check.Name, "check's name");
        CheckPresent(check.Notes, "check's notes");
        CheckPresent(check.Output, "check's output");
        CheckPresent(check.Type, "check's type");
        if (isWhole && !Enum.IsDefined(check.Status))
        {
            throw KeyValueValidator.Invalid($"The check's status is {check.Status}, which is none.");
        }

        if (check.Definition is { } definition)
        {
            CheckDefinition(definition);
        }
    }

    private static void CheckDefinition(CatalogCheckDefinition definition)
    {
        CheckPresent(definition.Http, "definition's URL");
        CheckPresent(definition.Tcp, "definition's address");
        CheckPresent(definition.Method, "definition's method");
        CheckPresent(definition.Body, "definition's body");
        CheckPresent(definition.Header, "definition's header");
        foreach ((string name, IReadOnlyList<string> values) in definition.Header)
        {
            CheckPresent(name, "name of a header");
            CheckList(values, "header's values");
        }
    }

    private static void CheckText(string? text, string what, bool isRequired)
    {
        if (text is null || (isRequired && text.Length == 0) || text.Contains('\0'))
        {
            throw KeyValueValidator.Invalid($"The {what} is missing, or has U+0000 in it.");
        }
    }

    private static void CheckMap(IReadOnlyDictionary<string, string>? map, string what)
    {
        CheckPresent(map, what);
        foreach (string value in map.Values)
        {
            CheckPresent(value, what);
        }
    }

    private static void CheckList(IReadOnlyList<string>? list, string what)
    {
        CheckPresent(list, what);
        foreach (string value in list)
        {
            CheckPresent(value, what);
        }
    }

    private static void CheckPresent([NotNull] object? value, string what)
    {
        if (value is null)
        {
            throw KeyValueValidator.Invalid($"The {what} is null, or has null in it.");
        }
    }
}
