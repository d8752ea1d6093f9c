using System.Text;

namespace Discovery.Catalog;

/// <summary>
/// What Consul refuses in a write to its catalog, first reason first; everything else it takes: names and addresses of any characters, any
/// port, the same check twice, of which the last counts.
/// </summary>
/// <remarks>
/// Ours are the limits in characters, which keep one write from filling the log, and that no text has U+0000, which ends a part of a key.
/// </remarks>
internal static class ConsulRules
{
    private const string ReservedPrefix = "consul-";
    private static readonly string[] Wildcards = ["0.0.0.0", "::", "[::]"];

    public static void Check(CatalogRegistration registration)
    {
        if (string.IsNullOrEmpty(registration.Node))
        {
            throw NodeMissing();
        }

        if (string.IsNullOrEmpty(registration.Address) && !registration.SkipNodeUpdate)
        {
            throw new CatalogRefusedException(
                CatalogRefusal.AddressMissing, "", "The node's address must be given, unless SkipNodeUpdate is set.");
        }

        if (registration.Service is { } service)
        {
            CheckService(service);
        }

        RegistrationValidator.CheckTexts(registration);
        foreach (CatalogCheckRegistration check in registration.Checks)
        {
            CheckCheck(check, registration.Node);
        }
    }

    public static void Check(CatalogDeregistration deregistration)
    {
        if (string.IsNullOrEmpty(deregistration.Node))
        {
            throw NodeMissing();
        }

        RegistrationValidator.CheckTexts(deregistration);
    }

    /// <summary>Weights that make no sense are 1 and 1, as Consul has it.</summary>
    public static ServiceWeights Weights(int passing, int warning) =>
        passing is < 1 or > CatalogLimits.WeightMax || warning is < 0 or > CatalogLimits.WeightMax
            ? ServiceWeights.Default
            : new ServiceWeights(passing, warning);

    private static CatalogRefusedException NodeMissing() => new(CatalogRefusal.NodeMissing, "", "The node must be named.");

    private static void CheckService(ServiceRegistration service)
    {
        if (string.IsNullOrEmpty(service.Name))
        {
            throw string.IsNullOrEmpty(service.Id)
                ? new CatalogRefusedException(CatalogRefusal.ServiceEmpty, "", "The service has neither name nor id.")
                : new CatalogRefusedException(
                    CatalogRefusal.ServiceNameMissing, service.Id, $"The service with id \"{service.Id}\" must be named.");
        }

        if (Array.IndexOf(Wildcards, service.Address) >= 0)
        {
            throw new CatalogRefusedException(
                CatalogRefusal.ServiceAddressInvalid, service.Address!, $"{service.Address} is a wildcard that nobody can dial.");
        }

        CheckMeta(service.Meta ?? new Dictionary<string, string>(StringComparer.Ordinal));
    }

    private static void CheckMeta(IDictionary<string, string> meta)
    {
        if (meta.Count > CatalogLimits.MetaPairsMax)
        {
            throw new CatalogRefusedException(
                CatalogRefusal.ServiceMetaTooMany, "", $"The service has more than {CatalogLimits.MetaPairsMax} pairs of metadata.");
        }

        foreach ((string key, string value) in meta.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            (CatalogRefusal Reason, string Text)? refusal =
                key.Length == 0 ? (CatalogRefusal.ServiceMetaKeyBlank, "the key is empty")
                : !key.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
                    ? (CatalogRefusal.ServiceMetaKeyInvalid, "the key has other characters than A-Z a-z 0-9 - _")
                : key.Length > CatalogLimits.MetaKeyCharsMax
                    ? (CatalogRefusal.ServiceMetaKeyTooLong, $"the key is longer than {CatalogLimits.MetaKeyCharsMax} characters")
                : key.StartsWith(ReservedPrefix, StringComparison.Ordinal)
                    ? (CatalogRefusal.ServiceMetaKeyReserved, $"keys that begin with \"{ReservedPrefix}\" are reserved")
                : value is not null && Encoding.UTF8.GetByteCount(value) > CatalogLimits.MetaValueCharsMax
                    ? (CatalogRefusal.ServiceMetaValueTooLong, $"the value is longer than {CatalogLimits.MetaValueCharsMax} bytes")
                : null;
            if (refusal is { } told)
            {
                throw new CatalogRefusedException(
                    told.Reason, key, $"The service's metadata [{RegistrationValidator.Shown(key)}]: {told.Text}.");
            }
        }
    }

    private static void CheckCheck(CatalogCheckRegistration check, string node)
    {
        if (!string.IsNullOrEmpty(check.Node) && check.Node != node)
        {
            throw new CatalogRefusedException(
                CatalogRefusal.CheckNodeMismatch, check.Node, $"A check says that it is on node \"{check.Node}\", not on \"{node}\".");
        }

        if (string.IsNullOrEmpty(check.CheckId) && string.IsNullOrEmpty(check.Name))
        {
            throw new CatalogRefusedException(CatalogRefusal.CheckNameMissing, "", "A check has neither name nor id.");
        }
    }
}
