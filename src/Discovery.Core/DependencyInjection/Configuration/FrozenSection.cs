using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;

namespace Discovery.DependencyInjection;

/// <summary>A copy of a section, which stays as it was when the files behind the configuration change.</summary>
internal sealed class FrozenSection : IConfigurationSection
{
    private readonly FrozenSection[] _children;
    private readonly string? _value;

    private FrozenSection(string path, string key, string? value, FrozenSection[] children) =>
        (Path, Key, _value, _children) = (path, key, value, children);

    public string Key { get; }

    public string Path { get; }

    [SuppressMessage("Design", "CA1065", Justification = "The configuration that is bound is never written.")]
    public string? Value
    {
        get => _value;
        set => throw new NotSupportedException();
    }

    public string? this[string key]
    {
        get => GetSection(key).Value;
        set => throw new NotSupportedException();
    }

    [return: NotNullIfNotNull(nameof(section))]
    public static FrozenSection? Of(IConfigurationSection? section) => section as FrozenSection ?? (section is null ? null
        : new FrozenSection(section.Path, section.Key, section.Value, [.. section.GetChildren().Select(static child => Of(child))]));

    public IConfigurationSection GetSection(string key) =>
        Array.Find(_children, child => string.Equals(child.Key, key, StringComparison.OrdinalIgnoreCase))
        ?? new FrozenSection(ConfigurationPath.Combine(Path, key), key, null, []);

    public IEnumerable<IConfigurationSection> GetChildren() => _children;

    public IChangeToken GetReloadToken() => new CancellationChangeToken(CancellationToken.None);
}
