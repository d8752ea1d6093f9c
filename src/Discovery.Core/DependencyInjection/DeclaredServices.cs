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

    private readonly DiscoveryConfiguration _configuration;
    private readonly ServiceDeclaration[] _declarations;
    private readonly ServiceConfiguration[] _parts;
    private readonly IOptionsFactory<HealthOptions> _health;
    private volatile DeclaredReading _current;

    public DeclaredServices(
        DiscoveryConfiguration configuration,
        IEnumerable<ServiceDeclaration> declarations,
        IEnumerable<ServiceConfiguration> configurations,
        IOptionsFactory<HealthOptions> health)
    {
        _configuration = configuration;
        _declarations = [.. declarations];
        _parts = [.. configurations];
        _health = health;
        _current = Read();
    }

    /// <summary>What is declared now; set back to what was declared before when a new reading is no good.</summary>
    public DeclaredReading Current
    {
        get => _current;
        set => _current = value;
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
    public IReadOnlyList<ServiceRegistration> Registrations => [.. _current.Services.Select(static one => one.Registration)];

    /// <summary>Whether a service of an id is among them.</summary>
    public bool Declares(string serviceId) =>
        _current.Services.Any(one => (one.Registration.Id ?? one.Registration.Name) == serviceId);

    /// <summary>Reads what is declared by the configuration that counts now.</summary>
    public DeclaredReading Read()
    {
        IConfigurationSection? section = _configuration.Sound(Section);
        var names = new SortedSet<string>(_declarations.Select(static d => d.Name), StringComparer.OrdinalIgnoreCase);
        names.UnionWith(section?.GetChildren().Select(static child => child.Key) ?? []);
        var services = new List<(string Name, ServiceRegistration Registration)>();
        foreach (string name in names)
        {
            var registration = new ServiceRegistration { Name = name };
            section?.GetSection(name).Bind(registration);
            foreach (ServiceConfiguration part in _parts.Where(
                part => string.Equals(part.Name, name, StringComparison.OrdinalIgnoreCase)))
            {
                part.Configure(registration);
            }

            services.Add((name, registration));
        }

        return new DeclaredReading(services);
    }

    public ValidateOptionsResult Validate(string? name, NodeOptions options)
    {
        var failures = new List<string>();
        Check(_current.Services, options.NameRule, failures);
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

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

    private void Check(
        IReadOnlyList<(string Name, ServiceRegistration Registration)> services, NameRule names, List<string> failures)
    {
        HealthOptions health = OptionsOrDefaults(_health);
        var ids = new Dictionary<string, string>(StringComparer.Ordinal);
        var checkIds = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, ServiceRegistration service) in services)
        {
            string path = $"Services[{name}].";
            RegistrationValidator.CheckService(service, requireDnsName: names == NameRule.DnsSafe, path, failures);
            string id = service.Id ?? service.Name;
            if (!ids.TryAdd(id, name))
            {
                failures.Add($"{path}Id: \"{id}\" is the id of Services[{ids[id]}] already");
            }

            if (!_configuration.HasFailureBelow($"{Section}:{name}:{nameof(ServiceRegistration.Checks)}"))
            {
                CheckChecks(path, service, id, health, checkIds, failures);
            }
        }
    }

    private static void CheckChecks(
        string path,
        ServiceRegistration service,
        string id,
        HealthOptions health,
        Dictionary<string, string> checkIds,
        List<string> failures)
    {
        for (int i = 0; i < service.Checks.Count; i++)
        {
            string field = string.Create(CultureInfo.InvariantCulture, $"{path}Checks[{i}]");
            foreach (CheckDefinitionFailure failure in CheckDefinitionValidator.Validate(service.Checks[i], health))
            {
                failures.Add($"{field}.{failure.Field}: {failure.Message}");
            }

            string checkId = service.Checks[i].CheckId is { Length: > 0 } given ? given
                : service.Checks.Count == 1 ? $"service:{id}"
                : string.Create(CultureInfo.InvariantCulture, $"service:{id}:{i + 1}");
            if (!checkIds.TryAdd(checkId, field))
            {
                failures.Add($"{field}.CheckId: \"{checkId}\" is the id of {checkIds[checkId]} already");
            }
        }
    }
}
