using System.Globalization;
using Discovery.Catalog;
using Discovery.Health;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Discovery.DependencyInjection;

/// <summary>The services that this app declares, in code and in configuration.</summary>
internal sealed class DeclaredServices : IValidateOptions<NodeOptions>
{
    public const string Section = "Services";

    private readonly List<(string Name, ServiceRegistration Registration)> _services = [];
    private readonly List<string> _failures = [];

    public DeclaredServices(
        DiscoveryConfiguration configuration,
        IEnumerable<ServiceDeclaration> declarations,
        IEnumerable<ServiceConfiguration> configurations,
        IOptionsFactory<HealthOptions> health)
    {
        IConfigurationSection? section = configuration.Sound(Section);
        var names = new SortedSet<string>(declarations.Select(static d => d.Name), StringComparer.OrdinalIgnoreCase);
        names.UnionWith(section?.GetChildren().Select(static child => child.Key) ?? []);
        foreach (string name in names)
        {
            var registration = new ServiceRegistration { Name = name };
            section?.GetSection(name).Bind(registration);
            foreach (ServiceConfiguration part in configurations.Where(
                part => string.Equals(part.Name, name, StringComparison.OrdinalIgnoreCase)))
            {
                part.Configure(registration);
            }

            _services.Add((name, registration));
        }

        Check(OptionsOrDefaults(health), configuration);
    }

    /// <summary>The shape of section <c>Discovery:Services</c>.</summary>
    public static ConfigurationShape Shape { get; } = ConfigurationShape.Map(ConfigurationShape.Of<ServiceRegistration>(
        (nameof(ServiceRegistration.TaggedAddresses), ConfigurationShape.MapOfWholes(ConfigurationShape.Keys(
            new Dictionary<string, ConfigurationShape>(StringComparer.Ordinal)
            {
                [nameof(ServiceAddress.Address)] = ConfigurationShape.Leaf(typeof(string)),
                [nameof(ServiceAddress.Port)] = ConfigurationShape.Leaf(typeof(int)),
            }))),
        (nameof(ServiceRegistration.Checks), ConfigurationShape.Map(ConfigurationShape.Of<CheckDefinition>(
            (nameof(CheckDefinition.Header), ConfigurationShape.Map(ConfigurationShape.Values)))))));

    /// <summary>The declarations, in order of their names.</summary>
    public IReadOnlyList<ServiceRegistration> Registrations => [.. _services.Select(static s => s.Registration)];

    public ValidateOptionsResult Validate(string? name, NodeOptions options) =>
        _failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(_failures);

    private static HealthOptions OptionsOrDefaults(IOptionsFactory<HealthOptions> factory)
    {
        try
        {
            return factory.Create(Options.DefaultName);
        }
        catch (OptionsValidationException)
        {
            // Told by the validator of that class.
            return new HealthOptions();
        }
    }

    private void Check(HealthOptions health, DiscoveryConfiguration configuration)
    {
        var ids = new Dictionary<string, string>(StringComparer.Ordinal);
        var checkIds = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, ServiceRegistration service) in _services)
        {
            string path = $"Services[{name}].";
            RegistrationValidator.CheckService(service, requireDnsName: true, path, _failures);
            string id = service.Id ?? service.Name;
            if (!ids.TryAdd(id, name))
            {
                _failures.Add($"{path}Id: \"{id}\" is the id of Services[{ids[id]}] already");
            }

            if (!configuration.HasFailureBelow($"{Section}:{name}:{nameof(ServiceRegistration.Checks)}"))
            {
                CheckChecks(path, service, id, health, checkIds);
            }
        }
    }

    private void CheckChecks(
        string path, ServiceRegistration service, string id, HealthOptions health, Dictionary<string, string> checkIds)
    {
        for (int i = 0; i < service.Checks.Count; i++)
        {
            string field = string.Create(CultureInfo.InvariantCulture, $"{path}Checks[{i}]");
            foreach (CheckDefinitionFailure failure in CheckDefinitionValidator.Validate(service.Checks[i], health))
            {
                _failures.Add($"{field}.{failure.Field}: {failure.Message}");
            }

            string checkId = service.Checks[i].CheckId is { Length: > 0 } given ? given
                : service.Checks.Count == 1 ? $"service:{id}"
                : string.Create(CultureInfo.InvariantCulture, $"service:{id}:{i + 1}");
            if (!checkIds.TryAdd(checkId, field))
            {
                _failures.Add($"{field}.CheckId: \"{checkId}\" is the id of {checkIds[checkId]} already");
            }
        }
    }
}
