namespace Discovery.DependencyInjection;

/// <summary>What is wrong with the configuration, and where.</summary>
internal sealed class ConfigurationFailures
{
    private readonly List<string> _texts = [];
    private readonly HashSet<string> _paths = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>One line per failure, in the order of the configuration.</summary>
    public IReadOnlyList<string> Texts => _texts;

    public void Add(string path, string message)
    {
        _texts.Add($"{path}: {message}");
        _paths.Add(path);
    }

    /// <summary>Leaves a key out of what is bound, for something wrong below it that has been told.</summary>
    public void LeaveOut(string path) => _paths.Add(path);

    /// <summary>Whether the key must not be bound.</summary>
    public bool Contains(string path) => _paths.Contains(path);

    /// <summary>Whether anything is wrong below a key.</summary>
    public bool HasBelow(string path) =>
        _paths.Any(wrong => wrong.StartsWith($"{path}:", StringComparison.OrdinalIgnoreCase));
}
