using Microsoft.Extensions.Configuration;

namespace Discovery.DependencyInjection;

/// <summary>The app's configuration below <c>Discovery</c>, checked as a whole once.</summary>
internal sealed class DiscoveryConfiguration
{
    public const string RootKey = "Discovery";

    private readonly IConfigurationSection? _root;
    private readonly ConfigurationFailures _failures = new();

    public DiscoveryConfiguration(
        IEnumerable<ConfigurationSource> sources, IEnumerable<DiscoverySection> sections, IConfiguration? host = null)
    {
        _root = Find(sources.LastOrDefault()?.Configuration ?? host);
        if (_root is not { } root)
        {
            return;
        }

        var shapes = new SortedDictionary<string, ConfigurationShape>(StringComparer.OrdinalIgnoreCase);
        foreach (DiscoverySection section in sections)
        {
            shapes[section.Name] = section.Shape;
        }

        ConfigurationShape.Keys(shapes).Check(root, _failures);
    }

    /// <summary>Everything that is wrong, in the order of the configuration.</summary>
    public IReadOnlyList<string> Failures => _failures.Texts;

    /// <summary>The section to bind, without the keys that are wrong; null when there is none.</summary>
    public IConfigurationSection? Sound(string name) =>
        _root?.GetSection(name) is { } section && section.Exists() ? new SoundSection(section, _failures) : null;

    /// <summary>Whether anything is wrong below a key of a section: what is bound there is not all that was meant.</summary>
    public bool HasFailureBelow(string path) => _failures.HasBelow($"{_root?.Path}:{path}");

    // Given the whole configuration or its Discovery section: both are what people pass.
    private static IConfigurationSection? Find(IConfiguration? configuration) => configuration switch
    {
        null => null,
        IConfigurationSection section when string.Equals(section.Key, RootKey, StringComparison.OrdinalIgnoreCase) => section,
        _ => configuration.GetSection(RootKey),
    };
}
