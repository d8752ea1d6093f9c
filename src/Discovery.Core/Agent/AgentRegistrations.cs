using System.Globalization;
using Discovery.Catalog;
using Discovery.Health;
using Discovery.Runtime;

namespace Discovery.Agent;

/// <summary>Makes the agent's entries out of what the application declares; says everything that is wrong with it. Pure.</summary>
internal static class AgentRegistrations
{
    public const string NodeMaintenanceId = "_node_maintenance";
    public const string ServiceMaintenancePrefix = "_service_maintenance:";
    private const string SerfHealth = "serfHealth";
    private const int ReasonBytesMax = 4096;

    /// <exception cref="DiscoveryException">Something is wrong; the message lists every failure.</exception>
    public static (AgentServiceEntry Service, IReadOnlyList<AgentCheckEntry> Checks) ReadService(
        AgentState state, ServiceRegistration registration, AgentRegisterOptions options, HealthOptions health, CallContext context)
    {
        var failures = new List<string>();
        RegistrationValidator.CheckService(registration, requireDnsName: options.NameRule == NameRule.DnsSafe, "", failures);
        string serviceId = registration.Id ?? registration.Name ?? "";
        var ids = new HashSet<string>(StringComparer.Ordinal);
        var definitions = new List<CheckDefinition>();
        for (int i = 0; i < registration.Checks.Count; i++)
        {
            string path = string.Create(CultureInfo.InvariantCulture, $"Checks[{i}].");
            if (registration.Checks[i]?.Copy() is not { } definition)
            {
                failures.Add($"{path[..^1]}: must not be null");
                continue;
            }

            Complete(definition, registration.Checks.Count, i + 1, serviceId, registration.Name ?? "");
            CheckDefinition(definition, path, health, options.Lifetime, failures);
            CheckId(state, definition.CheckId!, serviceId, options, path, failures);
            if (!ids.Add(definition.CheckId!))
            {
                failures.Add($"{path}CheckId: \"{definition.CheckId}\" is given twice");
            }

            definitions.Add(definition);
        }

        RegistrationValidator.ThrowIfInvalid($"The registration of service \"{serviceId}\"", failures);
        CatalogService row = CatalogWriter.ToRow(registration, state.Owner) with { Owner = state.Owner };
        AgentCheckEntry[] checks =
        [
            .. definitions.Select(one => ToEntry(one, state.Owner, row, context) with { IsDeclared = true, Lifetime = options.Lifetime }),
        ];
        var service = new AgentServiceEntry { Row = row, Context = context, Lifetime = options.Lifetime, NameRule = options.NameRule };
        return (service, checks);
    }

    /// <exception cref="DiscoveryException">Something is wrong; the message lists every failure.</exception>
    public static AgentCheckEntry ReadCheck(
        AgentState state,
        CheckDefinition given,
        string? serviceId,
        AgentRegisterOptions options,
        HealthOptions health,
        CallContext context)
    {
        AgentServiceEntry? service = null;
        if (!string.IsNullOrEmpty(serviceId) && !state.Services.TryGetValue(serviceId, out service))
        {
            throw new DiscoveryException(DiscoveryError.NotFound, $"ServiceID \"{serviceId}\" does not exist");
        }

        CheckDefinition definition = given.Copy();
        if (service is not null)
        {
            Complete(definition, 1, 1, service.Row.Id, service.Row.Name);
        }
        else
        {
            definition.CheckId = FirstNotEmpty(definition.CheckId, definition.Name);
            definition.Name = FirstNotEmpty(definition.Name, definition.CheckId);
        }

        var failures = new List<string>();
        if (string.IsNullOrEmpty(definition.CheckId))
        {
            failures.Add("Name: a check of the node needs a name or an id");
        }
        else
        {
            CheckId(state, definition.CheckId, service?.Row.Id ?? "", options, "", failures);
        }

        CheckDefinition(definition, "", health, options.Lifetime, failures);
        RegistrationValidator.ThrowIfInvalid($"The check \"{definition.CheckId}\"", failures);
        AgentCheckEntry entry = ToEntry(definition, state.Owner, service?.Row, context);
        return state.FindCheck(definition.CheckId!) is { IsDeclared: true } declared && declared.Key == entry.Key
            ? entry with { IsDeclared = true, Lifetime = declared.Lifetime }
            : entry with { Lifetime = options.Lifetime };
    }

    /// <summary>The critical check that maintenance is, with Consul's ids, names and notes.</summary>
    public static AgentCheckEntry Maintenance(AgentState state, CatalogService? service, string reason, CallContext context)
    {
        string what = service is null ? "node" : "service";
        return new AgentCheckEntry
        {
            Row = new CatalogCheck
            {
                Node = state.Owner,
                CheckId = MaintenanceIdOf(service?.Id),
                Name = service is null ? "Node Maintenance Mode" : "Service Maintenance Mode",
                Status = CheckStatus.Critical,
                Notes = reason.Length > 0
                    ? CheckText.Head(UnicodeText.Mended(reason), ReasonBytesMax)
                    : $"Maintenance mode is enabled for this {what}, but no reason was provided. This is a default message.",
                ServiceId = service?.Id ?? "",
                ServiceName = service?.Name ?? "",
                Type = "maintenance",
                Owner = state.Owner,
            },
            Context = context,
        };
    }

    public static string MaintenanceIdOf(string? serviceId) => serviceId is null ? NodeMaintenanceId : ServiceMaintenancePrefix + serviceId;

    private static void Complete(CheckDefinition definition, int count, int number, string serviceId, string serviceName)
    {
        definition.CheckId = FirstNotEmpty(
            definition.CheckId,
            count == 1 ? $"service:{serviceId}" : string.Create(CultureInfo.InvariantCulture, $"service:{serviceId}:{number}"));
        definition.Name = FirstNotEmpty(definition.Name, $"Service '{serviceName}' check");
    }

    private static void CheckDefinition(
        CheckDefinition definition, string path, HealthOptions health, RegistrationLifetime lifetime, List<string> failures)
    {
        if (definition.Probe is not null && lifetime == RegistrationLifetime.DataDirectory)
        {
            failures.Add($"{path}Probe: a delegate cannot be kept in the data directory");
        }

        failures.AddRange(CheckDefinitionValidator.Validate(definition, health).Select(one => $"{path}{one.Field}: {one.Message}"));
        RegistrationValidator.CheckLength($"{path}Name", definition.Name, CatalogLimits.TextCharsMax, failures);
        RegistrationValidator.CheckLength($"{path}Notes", definition.Notes, CatalogLimits.CheckTextCharsMax, failures);
    }

    private static void CheckId(
        AgentState state, string checkId, string serviceId, AgentRegisterOptions options, string path, List<string> failures)
    {
        RegistrationValidator.CheckName($"{path}CheckId", checkId, requireDnsName: false, failures);
        if (checkId is NodeMaintenanceId or SerfHealth || checkId.StartsWith(ServiceMaintenancePrefix, StringComparison.Ordinal))
        {
            failures.Add($"{path}CheckId: \"{checkId}\" is reserved");
        }
        else if (!options.TakesChecks && state.HolderOf(checkId) is { } holder && holder != serviceId)
        {
            string of = holder.Length == 0 ? "the node" : $"service \"{holder}\"";
            failures.Add($"{path}CheckId: \"{checkId}\" is already a check of {of}");
        }
    }

    private static AgentCheckEntry ToEntry(CheckDefinition definition, string owner, CatalogService? service, CallContext context) => new()
    {
        Row = new CatalogCheck
        {
            Node = owner,
            CheckId = definition.CheckId!,
            Name = definition.Name ?? "",
            Status = definition.Status,
            Notes = definition.Notes ?? "",
            ServiceId = service?.Id ?? "",
            ServiceName = service?.Name ?? "",
            Type = CheckText.TypeName(definition.Kind),
            Owner = owner,
        },
        Definition = definition,
        Context = context,
    };

    private static string? FirstNotEmpty(string? first, string? second) => string.IsNullOrEmpty(first) ? second : first;
}
