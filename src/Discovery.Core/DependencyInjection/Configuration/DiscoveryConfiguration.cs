using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;

namespace Discovery.DependencyInjection;

/// <summary>The app's configuration below <c>Discovery</c>, checked as a whole when it is read: at the start, and at each reload.</summary>
internal sealed class DiscoveryConfiguration
{
    public const string RootKey = "Discovery";

    private readonly SortedDictionary<string, ConfigurationShape> _shapes = new(StringComparer.OrdinalIgnoreCase);
    private readonly IConfiguration? _source;
    private readonly IConfiguration? _host;
    private volatile ConfigurationReading _current;
    private volatile CancellationTokenSource _changed = new();

    public DiscoveryConfiguration(
        IEnumerable<ConfigurationSource> sources, IEnumerable<DiscoverySection> sections, IConfiguration? host = null)
    {
        foreach (DiscoverySection section in sections)
        {
            _shapes[section.Name] = section.Shape;
        }

        _host = host;
        _source = sources.LastOrDefault()?.Configuration ?? host;
        _current = Check(Find(_source));
    }

    /// <summary>What counts now; set back to what counted before when a new reading is no good.</summary>
    public ConfigurationReading Current
    {
        get => _current;
        set => _current = value;
    }

    /// <summary>Everything that is wrong, in the order of the configuration.</summary>
    public IReadOnlyList<string> Failures => _current.Failures.Texts;

    /// <summary>The section to bind, without the keys that are wrong; null when there is none.</summary>
    public IConfigurationSection? Sound(string name)
    {
        ConfigurationReading reading = _current;
        return reading.Root?.GetSection(name) is { } section && section.Exists() ? new SoundSection(section, reading.Failures) : null;
    }

    /// <summary>Whether anything is wrong below a key of a section: what is bound there is not all that was meant.</summary>
    public bool HasFailureBelow(string path)
    {
        ConfigurationReading reading = _current;
        return reading.Failures.HasBelow($"{reading.Root?.Path}:{path}");
    }

    /// <summary>A token that is changed when options are to be bound again.</summary>
    public IChangeToken GetChangeToken() => new CancellationChangeToken(_changed.Token);

    /// <summary>Has options bound again.</summary>
    public void TellChanged() => Interlocked.Exchange(ref _changed, new CancellationTokenSource()).Cancel();

    /// <summary>Puts what counts now out of the reach of the files and other sources behind it.</summary>
    public ConfigurationReading Freeze() => _current = _current with { Root = FrozenSection.Of(_current.Root) };

    /// <summary>Has the files and other sources read again, and reads from them; call <see cref="Freeze"/> before.</summary>
    public ConfigurationReading ReadAgain()
    {
        ((_source as IConfigurationRoot) ?? (_host as IConfigurationRoot))?.Reload();
        return Check(FrozenSection.Of(Find(_source)));
    }

    private ConfigurationReading Check(IConfigurationSection? root)
    {
        var failures = new ConfigurationFailures();
        if (root is not null)
        {
            ConfigurationShape.Keys(_shapes).Check(root, failures);
        }

        return new ConfigurationReading(root, failures);
    }

    // Given the whole configuration or its Discovery section: both are what people pass.
    private static IConfigurationSection? Find(IConfiguration? configuration) => configuration switch
    {
        null => null,
        IConfigurationSection section when string.Equals(section.Key, RootKey, StringComparison.OrdinalIgnoreCase) => section,
        _ => configuration.GetSection(RootKey),
    };
}
