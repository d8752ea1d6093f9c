using Microsoft.Extensions.Configuration;

namespace Discovery.Configuration;

/// <summary>Configuration from a prefix: from its copy until the node has told, then as the node tells.</summary>
/// <remarks>
/// The node's loop is the only one who tells; <see cref="Load"/> may come from any thread and never takes back what was told. Readers
/// see one dictionary or the next one, whole.
/// </remarks>
internal sealed class KeyValueConfigurationProvider(KeyValueKey prefix, KeyValueConfigurationOptions options) : ConfigurationProvider
{
    private readonly Lock _lock = new();
    private SortedDictionary<string, byte[]>? _entries;
    private SortedDictionary<string, byte[]>? _unsaved;
    private bool _isLoaded;

    public KeyValueKey Prefix => prefix;

    /// <summary>Why there was a file and no copy to start from; null when there was a copy, or no file.</summary>
    public string? CopyProblem { get; private set; }

    /// <summary>Reads the copy, the first time.</summary>
    /// <exception cref="InvalidOperationException">There is none, and it is not optional.</exception>
    public override void Load()
    {
        lock (_lock)
        {
            if (_isLoaded)
            {
                return;
            }
        }

        IDictionary<string, string?>? data = ReadCopy(out string? problem);
        if (data is null && !options.Optional)
        {
            throw new InvalidOperationException(
                $"The configuration below \"{prefix}\" of the key/value store has no copy to start from: "
                + (options.CopyFile is null ? $"{nameof(options.CopyFile)} is not set" : problem ?? $"there is no file {options.CopyFile}")
                + $". The node writes the copy once it has read the store; set {nameof(options.Optional)} to start without one, as on "
                + "the first start of a cluster, or put the copy of another node in its place.");
        }

        lock (_lock)
        {
            if (!_isLoaded)
            {
                _isLoaded = true;
                CopyProblem = problem;
                Data = data ?? Data;
            }
        }
    }

    /// <summary>Everything as the node has it now.</summary>
    /// <returns>Why it was not taken, or null.</returns>
    public string? Replace(IEnumerable<KeyValueEntry> entries)
    {
        var next = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (KeyValueEntry entry in entries)
        {
            if (ConfigurationKeys.TryGetName(entry.Key, prefix, out string name))
            {
                next[name] = entry.ValueArray;
            }
        }

        return Take(next);
    }

    /// <summary>What one write changed.</summary>
    /// <returns>Why it was not taken, or null.</returns>
    public string? Change(IEnumerable<KeyValueDelta> deltas)
    {
        var next = new SortedDictionary<string, byte[]>(_entries!, StringComparer.Ordinal);
        foreach (KeyValueDelta delta in deltas)
        {
            if (!ConfigurationKeys.TryGetName(delta.Key, prefix, out string name))
            {
                continue;
            }

            if (delta.New is { } entry)
            {
                next[name] = entry.ValueArray;
            }
            else
            {
                next.Remove(name);
            }
        }

        return Take(next);
    }

    /// <summary>Writes the copy, if what was taken last is not in it.</summary>
    /// <returns>Why it could not be written, or null; calling it again tries again.</returns>
    public string? Save()
    {
        if (_unsaved is not { } entries || options.CopyFile is not { } file)
        {
            return null;
        }

        try
        {
            ConfigurationCopy.Write(file, prefix, entries);
            _unsaved = null;
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    // What cannot be read is not configuration: the last good one stays until it is mended. What was written is remembered all the same.
    private string? Take(SortedDictionary<string, byte[]> entries)
    {
        _entries = entries;
        IDictionary<string, string?> next;
        try
        {
            next = ConfigurationKeys.Expand(entries, options.IsJson);
        }
        catch (FormatException e)
        {
            return e.Message;
        }

        _unsaved = entries;
        bool isSame;
        lock (_lock)
        {
            _isLoaded = true;
            isSame = AreSame(next, Data);
            Data = next;
        }

        if (!isSame)
        {
            OnReload();
        }

        return null;
    }

    private Dictionary<string, string?>? ReadCopy(out string? problem)
    {
        problem = null;
        if (options.CopyFile is not { } file
            || !ConfigurationCopy.TryRead(file, prefix, out SortedDictionary<string, byte[]> entries, out problem))
        {
            return null;
        }

        try
        {
            return ConfigurationKeys.Expand(entries, options.IsJson);
        }
        catch (FormatException e)
        {
            problem = $"in {file}, {e.Message}";
            return null;
        }
    }

    private static bool AreSame(IDictionary<string, string?> a, IDictionary<string, string?> b) =>
        a.Count == b.Count && a.All(pair => b.TryGetValue(pair.Key, out string? other) && other == pair.Value);
}
