using System.Globalization;
using System.Net;

namespace Discovery.Catalog;

/// <summary>Checks registrations before they become commands; reports every failure with its field.</summary>
internal static class RegistrationValidator
{
    public const int LabelCharsMax = 63;
    public const int TextCharsMax = 255;
    private const int PortMax = 65_535;
    private const int MetaPairsMax = 64;
    private const int MetaKeyCharsMax = 128;
    private const int MetaValueCharsMax = 512;

    public static void ThrowIfInvalid(string subject, List<string> failures)
    {
        if (failures.Count > 0)
        {
            throw new DiscoveryException(DiscoveryError.InvalidRequest, $"{subject} is invalid: {string.Join("; ", failures)}.");
        }
    }

    /// <summary>Checks a service; <paramref name="requireDnsName"/> is off for what arrives by Consul's own calls.</summary>
    public static void CheckService(ServiceRegistration service, bool requireDnsName, string path, List<string> failures)
    {
        CheckName($"{path}Name", service.Name, requireDnsName, failures);
        if (service.Id is not null)
        {
            CheckText($"{path}Id", service.Id, isRequired: true, failures);
        }

        for (int i = 0; i < service.Tags.Count; i++)
        {
            CheckText(string.Create(CultureInfo.InvariantCulture, $"{path}Tags[{i}]"), service.Tags[i], isRequired: true, failures);
        }

        CheckAddress($"{path}Address", service.Address, isRequired: false, failures);
        CheckPort($"{path}Port", service.Port, failures);
        CheckMeta($"{path}Meta", service.Meta, failures);
        foreach ((string tag, ServiceAddress address) in service.TaggedAddresses.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            CheckText($"{path}TaggedAddresses key", tag, isRequired: true, failures);
            CheckAddress($"{path}TaggedAddresses[{tag}].Address", address.Address, isRequired: true, failures);
            CheckPort($"{path}TaggedAddresses[{tag}].Port", address.Port, failures);
        }

        CheckWeight($"{path}PassingWeight", service.PassingWeight, 1, failures);
        CheckWeight($"{path}WarningWeight", service.WarningWeight, 0, failures);
    }

    public static void CheckRegistration(CatalogRegistration registration, List<string> failures)
    {
        bool requireDnsName = registration.Ownership == CatalogOwnership.Enforced;
        CheckName("Node", registration.Node, requireDnsName, failures);
        CheckAddress("Address", registration.Address, isRequired: !registration.SkipNodeUpdate, failures);
        foreach ((string tag, string address) in registration.TaggedAddresses.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            CheckText("TaggedAddresses key", tag, isRequired: true, failures);
            CheckAddress($"TaggedAddresses[{tag}]", address, isRequired: true, failures);
        }

        CheckMeta("NodeMeta", registration.NodeMeta, failures);
        if (registration.Service is { } service)
        {
            CheckService(service, requireDnsName, "Service.", failures);
            if (service.Checks.Count > 0)
            {
                failures.Add("Service.Checks: the catalog runs no checks; give statuses in Checks, or register with the local agent");
            }
        }

        CheckChecks(registration.Checks, failures);
    }

    public static void CheckName(string field, string? name, bool requireDnsName, List<string> failures)
    {
        if (string.IsNullOrEmpty(name))
        {
            failures.Add($"{field}: must not be empty");
        }
        else if (requireDnsName && !IsDnsLabel(name))
        {
            failures.Add(
                $"{field}: \"{Shown(name)}\" cannot be carried by DNS; use letters, digits and inner hyphens, at most {LabelCharsMax}");
        }
        else
        {
            CheckText(field, name, isRequired: true, failures);
        }
    }

    public static bool IsDnsLabel(string name)
    {
        if (name.Length is 0 or > LabelCharsMax || name[0] == '-' || name[^1] == '-')
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
        if (port is < 0 or > PortMax)
        {
            failures.Add(string.Create(CultureInfo.InvariantCulture, $"{field}: {port} is not a port; use 0 to {PortMax}"));
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
        else if (address.Length > TextCharsMax || address.Any(static c => char.IsWhiteSpace(c) || char.IsControl(c) || c is '/' or '@'))
        {
            failures.Add($"{field}: \"{Shown(address)}\" is neither a host name nor an IP address");
        }
    }

    public static void CheckMeta(string field, IEnumerable<KeyValuePair<string, string>> meta, List<string> failures)
    {
        KeyValuePair<string, string>[] pairs = [.. meta.OrderBy(static pair => pair.Key, StringComparer.Ordinal)];
        if (pairs.Length > MetaPairsMax)
        {
            failures.Add($"{field}: cannot contain more than {MetaPairsMax} pairs");
        }

        foreach ((string key, string value) in pairs)
        {
            string? reason = key.Length == 0 ? "the key is empty"
                : key.Length > MetaKeyCharsMax ? $"the key is longer than {MetaKeyCharsMax} characters"
                : !key.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') ? "the key has other characters than A-Z a-z 0-9 - _"
                : key.StartsWith("consul-", StringComparison.OrdinalIgnoreCase) ? "keys that begin with \"consul-\" are reserved"
                : value is null ? "the value is null"
                : value.Length > MetaValueCharsMax ? $"the value is longer than {MetaValueCharsMax} characters"
                : null;
            if (reason is not null)
            {
                failures.Add($"{field}[{Shown(key)}]: {reason}");
            }
        }
    }

    private static void CheckChecks(IList<CatalogCheckRegistration> checks, List<string> failures)
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < checks.Count; i++)
        {
            string field = string.Create(CultureInfo.InvariantCulture, $"Checks[{i}]");
            string id = checks[i].CheckId ?? checks[i].Name;
            CheckText($"{field}.CheckId", id, isRequired: true, failures);
            if (!string.IsNullOrEmpty(id) && !ids.Add(id))
            {
                failures.Add($"{field}.CheckId: \"{Shown(id)}\" is given twice");
            }

            if (!Enum.IsDefined(checks[i].Status))
            {
                failures.Add($"{field}.Status: must be passing, warning or critical");
            }
        }
    }

    private static void CheckText(string field, string? text, bool isRequired, List<string> failures)
    {
        if (string.IsNullOrEmpty(text))
        {
            if (isRequired)
            {
                failures.Add($"{field}: must not be empty");
            }
        }
        else if (text.Length > TextCharsMax)
        {
            failures.Add($"{field}: is longer than {TextCharsMax} characters");
        }
        else if (text.Any(char.IsControl))
        {
            failures.Add($"{field}: \"{Shown(text)}\" has control characters");
        }
    }

    private static void CheckWeight(string field, int weight, int least, List<string> failures)
    {
        if (weight < least || weight > PortMax)
        {
            failures.Add(string.Create(CultureInfo.InvariantCulture, $"{field}: {weight} is not between {least} and {PortMax}"));
        }
    }

    private static string Shown(string text)
    {
        string cut = text.Length > 80 ? text[..80] + "…" : text;
        return string.Concat(cut.Select(static c => char.IsControl(c) ? '\uFFFD' : c));
    }
}
