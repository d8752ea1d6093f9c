using Microsoft.Extensions.Configuration;

namespace Discovery.DependencyInjection;

/// <summary>The app's configuration below <c>Discovery</c>, checked as a whole once.</summary>
internal sealed class DiscoveryConfiguration
{
    public const string RootKey = "Discovery";

    private readonly IConfiguration? _root;
    private readonly Dictionary<string, List<string>> _failures = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _all = [];

    public DiscoveryConfiguration(
        IEnumerable<ConfigurationSource> sources, IEnumerable<DiscoverySection> sections, IConfiguration? host = null)
    {
        _root = Find(sources.LastOrDefault()?.Configuration ?? host);
        if (_root is not IConfigurationSection root)
        {
            return;
        }

        var shapes = new SortedDictionary<string, ConfigurationShape>(StringComparer.OrdinalIgnoreCase);
        foreach (DiscoverySection section in sections)
        {
            var failures = new List<string>();
            section.Shape.Check(root.GetSection(section.Name), failures);
            _failures[section.Name] = failures;
            shapes[section.Name] = section.Shape;
        }

        ConfigurationShape.Keys(shapes).Check(root, _all);
    }

    /// <summary>Everything that is wrong, in the order of the configuration.</summary>
    public IReadOnlyList<string> Failures => _all;

    /// <summary>The section to bind; null when there is none, or when it has a failure that is told instead.</summary>
    public IConfigurationSection? Sound(string name) =>
        _root is not null && _failures.TryGetValue(name, out List<string>? failures) && failures.Count == 0
            && _root.GetSection(name) is var section && section.Exists() ? section : null;

    // Given the whole configuration or its Discovery section: both are what people pass.
    private static IConfigurationSection? Find(IConfiguration? configuration) => configuration switch
    {
        null => null,
        IConfigurationSection section when string.Equals(section.Key, RootKey, StringComparison.OrdinalIgnoreCase) => section,
        _ => configuration.GetSection(RootKey),
    };
}
