using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;

namespace Discovery.DependencyInjection;

/// <summary>A section without the keys that are wrong: what is left is bound and validated, so that one start tells all failures.</summary>
internal sealed class SoundSection(IConfigurationSection section, ConfigurationFailures failures) : IConfigurationSection
{
    public string Key => section.Key;

    public string Path => section.Path;

    [SuppressMessage("Design", "CA1065", Justification = "The configuration that is bound is never written.")]
    public string? Value
    {
        get => failures.Contains(section.Path) ? null : section.Value;
        set => throw new NotSupportedException();
    }

    public string? this[string key]
    {
        get => GetSection(key).Value;
        set => throw new NotSupportedException();
    }

    public IConfigurationSection GetSection(string key) => new SoundSection(section.GetSection(key), failures);

    public IEnumerable<IConfigurationSection> GetChildren() => failures.Contains(section.Path)
        ? []
        : section.GetChildren().Where(child => !failures.Contains(child.Path)).Select(child => new SoundSection(child, failures));

    public IChangeToken GetReloadToken() => section.GetReloadToken();
}
