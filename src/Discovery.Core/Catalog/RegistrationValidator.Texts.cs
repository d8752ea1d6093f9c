using System.Globalization;

namespace Discovery.Catalog;

/// <content>What holds for every text of a registration, also by Consul's rules: it is text, of a bearable length.</content>
internal static partial class RegistrationValidator
{
    /// <summary>Refuses what could not be kept: no lists, texts that are no text or longer than anybody needs, U+0000.</summary>
    public static void CheckTexts(CatalogRegistration registration)
    {
        var failures = new List<string>();
        CheckKept("Node", registration.Node, failures);
        CheckKept("Address", registration.Address, failures);
        CheckKept("TaggedAddresses", registration.TaggedAddresses, failures);
        CheckKept("NodeMeta", registration.NodeMeta, failures);
        if (registration.Service is { } service)
        {
            CheckKept("Service.Name", service.Name, failures);
            CheckKept("Service.Id", service.Id, failures);
            CheckKept("Service.Address", service.Address, failures);
            CheckKept("Service.Tags", service.Tags, failures);
            CheckKept("Service.Meta", service.Meta, failures);
            CheckKept(
                "Service.TaggedAddresses",
                service.TaggedAddresses?.Select(static pair => new KeyValuePair<string, string>(pair.Key, pair.Value?.Address!)),
                failures);
        }

        if (IsCountWithin("Checks", registration.Checks?.Count, CatalogLimits.ConsulCountMax, failures))
        {
            for (int i = 0; i < registration.Checks!.Count; i++)
            {
                CheckKept(string.Create(CultureInfo.InvariantCulture, $"Checks[{i}]"), registration.Checks[i], failures);
            }
        }

        ThrowIfMalformed("The registration", failures);
    }

    /// <summary>Refuses what could not be in the catalog.</summary>
    public static void CheckTexts(CatalogDeregistration deregistration)
    {
        var failures = new List<string>();
        CheckKept("Node", deregistration.Node, failures);
        CheckKept("ServiceId", deregistration.ServiceId, failures);
        CheckKept("CheckId", deregistration.CheckId, failures);
        ThrowIfMalformed("The deregistration", failures);
    }

    private static void ThrowIfMalformed(string subject, List<string> failures)
    {
        if (failures.Count > 0)
        {
            throw new CatalogRefusedException(CatalogRefusal.Malformed, "", $"{subject} is invalid: {string.Join("; ", failures)}.");
        }
    }

    private static void CheckKept(string field, CatalogCheckRegistration? check, List<string> failures)
    {
        if (check is null)
        {
            failures.Add($"{field}: must not be null");
            return;
        }

        CheckKept($"{field}.CheckId", check.CheckId, failures);
        CheckKept($"{field}.Name", check.Name, failures);
        CheckKept($"{field}.ServiceId", check.ServiceId, failures);
        CheckKept($"{field}.Type", check.Type, failures);
        CheckKept($"{field}.Notes", check.Notes, failures);
        CheckKept($"{field}.Output", check.Output, failures);
        CheckDefinition($"{field}.Definition.", check.Definition, failures);
        if (!Enum.IsDefined(check.Status))
        {
            failures.Add($"{field}.Status: must be passing, warning or critical");
        }
    }

    private static void CheckDefinition(string path, CatalogCheckDefinition? definition, List<string> failures)
    {
        if (definition is null)
        {
            return;
        }

        CheckKept($"{path}Http", definition.Http, failures);
        CheckKept($"{path}Tcp", definition.Tcp, failures);
        CheckKept($"{path}Method", definition.Method, failures);
        CheckKept($"{path}Body", definition.Body, failures);
        CheckKept($"{path}Header", (definition.Header ?? []).Select(static pair => pair.Key), failures);
        CheckKept($"{path}Header", (definition.Header ?? []).SelectMany(static pair => pair.Value ?? []), failures);
    }

    private static void CheckKept(string field, IEnumerable<KeyValuePair<string, string>>? pairs, List<string> failures)
    {
        CheckKept($"{field} key", pairs?.Select(static pair => pair.Key), failures);
        if (pairs is not null)
        {
            CheckKept(field, pairs.Select(static pair => pair.Value ?? ""), failures);
        }
    }

    private static void CheckKept(string field, IEnumerable<string>? texts, List<string> failures)
    {
        if (IsCountWithin(field, texts?.Count(), CatalogLimits.ConsulCountMax, failures))
        {
            foreach (string text in texts!)
            {
                CheckKept(field, text ?? "", failures);
            }
        }
    }

    private static void CheckKept(string field, string? text, List<string> failures)
    {
        if (CheckLength(field, text, CatalogLimits.ConsulTextCharsMax, failures) && text?.Contains('\0') == true)
        {
            failures.Add($"{field}: \"{Shown(text)}\" has U+0000");
        }
    }
}
