using System.Globalization;
using System.Net;
using Discovery.Runtime;

namespace Discovery.Catalog;

/// <summary>Checks registrations before they become commands; reports every failure with its field.</summary>
internal static partial class RegistrationValidator
{
    private const string NotWellFormed = "has half a surrogate pair, which is no character";

    public static void ThrowIfInvalid(string subject, List<string> failures)
    {
        if (failures.Count > 0)
        {
            throw new DiscoveryException(DiscoveryError.InvalidRequest, $"{subject} is invalid: {string.Join("; ", failures)}.");
        }
    }

    /// <summary>Refuses what cannot be the name of a service in a lookup.</summary>
    public static void ThrowIfNoName(string service)
    {
        if (string.IsNullOrEmpty(service) || service.Contains('\0'))
        {
            var failures = new List<string>();
            CheckText("Service", service, isRequired: true, failures);
            ThrowIfInvalid("The query", failures);
        }
    }

    /// <summary>Checks a deregistration; what is too long or too odd to be in the catalog is told rather than looked for.</summary>
    public static void CheckDeregistration(CatalogDeregistration deregistration, List<string> failures)
    {
        CheckText("Node", deregistration.Node, isRequired: true, failures);
        CheckText("ServiceId", deregistration.ServiceId, isRequired: false, failures);
        CheckText("CheckId", deregistration.CheckId, isRequired: false, failures);
    }

    /// <summary>
    /// Checks a service; <paramref name="requireDnsName"/> is off for what arrives by Consul's own calls, where also tags and tagged
    /// addresses may be empty.
    /// </summary>
    public static void CheckService(ServiceRegistration service, bool requireDnsName, string path, List<string> failures)
    {
        CheckName($"{path}Name", service.Name, requireDnsName, failures);
        if (service.Id is not null)
        {
            CheckText($"{path}Id", service.Id, isRequired: true, failures);
        }

        if (IsCountWithin($"{path}Tags", service.Tags?.Count, CatalogLimits.TagsMax, failures))
        {
            for (int i = 0; i < service.Tags!.Count; i++)
            {
                string field = string.Create(CultureInfo.InvariantCulture, $"{path}Tags[{i}]");
                CheckText(field, service.Tags![i], isRequired: requireDnsName, failures, CatalogLimits.TagCharsMax);
            }
        }

        CheckAddress($"{path}Address", service.Address, isRequired: false, failures);
        CheckPort($"{path}Port", service.Port, failures);
        CheckMeta($"{path}Meta", service.Meta, failures);
        if (IsCountWithin($"{path}TaggedAddresses", service.TaggedAddresses?.Count, CatalogLimits.TaggedAddressesMax, failures))
        {
            foreach ((string tag, ServiceAddress address) in service.TaggedAddresses!.OrderBy(
                static pair => pair.Key, StringComparer.Ordinal))
            {
                CheckText($"{path}TaggedAddresses key", tag, isRequired: true, failures);
                CheckAddress($"{path}TaggedAddresses[{Shown(tag)}].Address", address?.Address, isRequired: requireDnsName, failures);
                CheckPort($"{path}TaggedAddresses[{Shown(tag)}].Port", address?.Port ?? 0, failures);
            }
        }

        CheckWeight($"{path}PassingWeight", service.PassingWeight, 1, failures);
        CheckWeight($"{path}WarningWeight", service.WarningWeight, 0, failures);
    }

    public static void CheckRegistration(CatalogRegistration registration, List<string> failures)
    {
        CheckName("Node", registration.Node, requireDnsName: true, failures);
        CheckAddress("Address", registration.Address, isRequired: !registration.SkipNodeUpdate, failures);
        if (IsCountWithin("TaggedAddresses", registration.TaggedAddresses?.Count, CatalogLimits.TaggedAddressesMax, failures))
        {
            foreach ((string tag, string address) in registration.TaggedAddresses!.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
            {
                CheckText("TaggedAddresses key", tag, isRequired: true, failures);
                CheckAddress($"TaggedAddresses[{Shown(tag)}]", address, isRequired: true, failures);
            }
        }

        CheckMeta("NodeMeta", registration.NodeMeta, failures);
        if (registration.Service is { } service)
        {
            CheckService(service, requireDnsName: true, "Service.", failures);
            if (service.Checks is { Count: > 0 })
            {
                failures.Add("Service.Checks: the catalog runs no checks, give statuses in Checks or register with the local agent");
            }
        }

        CheckChecks(registration.Checks, failures);
        if (registration.Checks?.FirstOrDefault(check => !IsOnNode(check, registration.Node)) is { } other)
        {
            failures.Add($"Checks: one is said to be on node \"{Shown(other.Node!)}\"");
        }
    }

    private static bool IsOnNode(CatalogCheckRegistration? check, string? node) =>
        string.IsNullOrEmpty(check?.Node) || string.Equals(check.Node, node, StringComparison.OrdinalIgnoreCase);

    public static void CheckName(string field, string? name, bool requireDnsName, List<string> failures)
    {
        if (string.IsNullOrEmpty(name))
        {
            failures.Add($"{field}: must not be empty");
        }
        else if (requireDnsName && !IsDnsLabel(name))
        {
            failures.Add(
                $"{field}: \"{Shown(name)}\" cannot be carried by DNS, use letters, digits and inner hyphens, "
                + $"at most {CatalogLimits.LabelCharsMax}");
        }
        else
        {
            CheckText(field, name, isRequired: true, failures);
        }
    }

    public static bool IsDnsLabel(string name)
    {
        if (name.Length is 0 or > CatalogLimits.LabelCharsMax || name[0] == '-' || name[^1] == '-')
        {
            return false;
        }

        foreach (char c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != '-')
            {
                return false;
            }
        }

        return true;
    }

    public static void CheckPort(string field, int port, List<string> failures)
    {
        if (port is < 0 or > CatalogLimits.PortMax)
        {
            failures.Add(string.Create(CultureInfo.InvariantCulture, $"{field}: {port} is not a port, use 0 to {CatalogLimits.PortMax}"));
        }
    }

    public static void CheckAddress(string field, string? address, bool isRequired, List<string> failures)
    {
        if (string.IsNullOrEmpty(address))
        {
            if (isRequired)
            {
                failures.Add($"{field}: must not be empty");
            }
        }
        else if (IPAddress.TryParse(address, out IPAddress? ip) && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any)))
        {
            failures.Add($"{field}: {address} is a wildcard that nobody can dial");
        }
        else if (address.Length > CatalogLimits.TextCharsMax
            || address.StartsWith('[')
            || !UnicodeText.IsWellFormed(address)
            || Uri.CheckHostName(address) == UriHostNameType.Unknown)
        {
            failures.Add($"{field}: \"{Shown(address)}\" is neither a host name nor an IP address");
        }
    }

    public static void CheckMeta(string field, IEnumerable<KeyValuePair<string, string>> meta, List<string> failures)
    {
        KeyValuePair<string, string>[]? pairs = meta?.OrderBy(static pair => pair.Key, StringComparer.Ordinal).ToArray();
        if (!IsCountWithin(field, pairs?.Length, CatalogLimits.MetaPairsMax, failures))
        {
            return;
        }

        foreach ((string key, string value) in pairs!)
        {
            string? reason = key.Length == 0 ? "the key is empty"
                : key.Length > CatalogLimits.MetaKeyCharsMax ? $"the key is longer than {CatalogLimits.MetaKeyCharsMax} characters"
                : !key.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
                    ? "the key has other characters than A-Z a-z 0-9 - _"
                : key.StartsWith("consul-", StringComparison.OrdinalIgnoreCase) ? "keys that begin with \"consul-\" are reserved"
                : value is null ? "the value is null"
                : !UnicodeText.IsWellFormed(value) ? NotWellFormed
                : value.Length > CatalogLimits.MetaValueCharsMax ? $"the value is longer than {CatalogLimits.MetaValueCharsMax} characters"
                : null;
            if (reason is not null)
            {
                failures.Add($"{field}[{Shown(key)}]: {reason}");
            }
        }
    }

    private static void CheckChecks(IList<CatalogCheckRegistration> checks, List<string> failures)
    {
        if (!IsCountWithin("Checks", checks?.Count, CatalogLimits.ChecksMax, failures))
        {
            return;
        }

        var ids = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < checks!.Count; i++)
        {
            string field = string.Create(CultureInfo.InvariantCulture, $"Checks[{i}]");
            if (checks[i] is null)
            {
                failures.Add($"{field}: must not be null");
                continue;
            }

            string id = checks[i].CheckId ?? checks[i].Name;
            CheckText($"{field}.CheckId", id, isRequired: true, failures);
            if (!string.IsNullOrEmpty(id) && !ids.Add(id))
            {
                failures.Add($"{field}.CheckId: \"{Shown(id)}\" is given twice");
            }

            CheckText($"{field}.Node", checks[i].Node, isRequired: false, failures);
            CheckText($"{field}.ServiceId", checks[i].ServiceId, isRequired: false, failures);
            CheckText($"{field}.Name", checks[i].Name, isRequired: false, failures);
            CheckText($"{field}.Type", checks[i].Type, isRequired: false, failures);
            CheckLength($"{field}.Notes", checks[i].Notes, CatalogLimits.CheckTextCharsMax, failures);
            CheckLength($"{field}.Output", checks[i].Output, CatalogLimits.CheckTextCharsMax, failures);
            CheckDefinition($"{field}.Definition.", checks[i].Definition, failures);
            if (!Enum.IsDefined(checks[i].Status))
            {
                failures.Add($"{field}.Status: must be passing, warning or critical");
            }
        }
    }

    private static void CheckText(
        string field, string? text, bool isRequired, List<string> failures, int charsMax = CatalogLimits.TextCharsMax)
    {
        if (string.IsNullOrEmpty(text))
        {
            if (isRequired)
            {
                failures.Add($"{field}: must not be empty");
            }
        }
        else if (CheckLength(field, text, charsMax, failures) && text.Any(char.IsControl))
        {
            failures.Add($"{field}: \"{Shown(text)}\" has control characters");
        }
    }

    public static bool CheckLength(string field, string? text, int charsMax, List<string> failures)
    {
        string? reason = text is null ? null
            : text.Length > charsMax
                ? string.Create(CultureInfo.InvariantCulture, $"is {text.Length} characters long, at most {charsMax} are allowed")
            : UnicodeText.IsWellFormed(text) ? null : NotWellFormed;
        if (reason is not null)
        {
            failures.Add($"{field}: {reason}");
        }

        return reason is null;
    }

    private static bool IsCountWithin(string field, int? count, int most, List<string> failures)
    {
        if (count is null)
        {
            failures.Add($"{field}: must not be null");
        }
        else if (count > most)
        {
            failures.Add(string.Create(CultureInfo.InvariantCulture, $"{field}: has {count} entries, at most {most} are allowed"));
        }

        return count <= most;
    }

    private static void CheckWeight(string field, int weight, int least, List<string> failures)
    {
        if (weight < least || weight > CatalogLimits.WeightMax)
        {
            failures.Add(string.Create(
                CultureInfo.InvariantCulture, $"{field}: {weight} is not between {least} and {CatalogLimits.WeightMax}"));
        }
    }

    public static string Shown(string text)
    {
        string cut = text.Length > 80 ? text[..80] + "…" : text;
        return string.Concat(cut.Select(static c => char.IsControl(c) || char.IsSurrogate(c) ? '\uFFFD' : c));
    }
}
