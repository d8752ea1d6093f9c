using System.Text;
using Microsoft.Extensions.Configuration;

namespace Discovery.Configuration;

/// <summary>Configuration from a prefix: from its copy until the node has told, then as the node tells.</summary>
internal sealed class KeyValueConfigurationProvider(KeyValueKey prefix, KeyValueConfigurationOptions options) : ConfigurationProvider
{
    private readonly Lock _lock = new();
    private SortedDictionary<string, byte[]>? _entries;

    public KeyValueKey Prefix => prefix;

    /// <summary>Reads the copy, unless the node has told more already.</summary>
    public override void Load()
    {
        lock (_lock)
        {
            if (_entries is not null)
            {
                return;
            }

            if (options.CopyFile is { } file && ConfigurationCopy.TryRead(file, prefix, out SortedDictionary<string, byte[]> entries))
            {
                Data = Expand(entries);
                return;
            }

            if (!options.Optional)
            {
                throw new InvalidOperationException(
                    $"The configuration below \"{prefix}\" of the key/value store has no copy to start from "
                    + (options.CopyFile is null ? $"({nameof(options.CopyFile)} is not set)" : $"in {options.CopyFile}")
                    + $": set {nameof(options.Optional)} to start without it.");
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
            next[NameOf(entry.Key)] = entry.ValueArray;
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
            if (delta.New is { } entry)
            {
                next[NameOf(delta.Key)] = entry.ValueArray;
            }
            else
            {
                next.Remove(NameOf(delta.Key));
            }
        }

        return Take(next);
    }

    // What cannot be read is not configuration: the last good one stays until it is mended. What was written is remembered all the same.
    private string? Take(SortedDictionary<string, byte[]> entries)
    {
        string? failure = null;
        lock (_lock)
        {
            bool isFirst = _entries is null;
            _entries = entries;
            try
            {
                IDictionary<string, string?> next = Expand(entries);
                bool isSame = !isFirst && AreSame(next, Data);
                Data = next;
                if (options.CopyFile is { } file)
                {
                    ConfigurationCopy.Write(file, prefix, entries);
                }

                if (isSame)
                {
                    return null;
                }
            }
            catch (Exception e) when (e is FormatException)
            {
                return e.Message;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                failure = $"the copy could not be written: {e.Message}";
            }
        }

        OnReload();
        return failure;
    }

    private static bool AreSame(IDictionary<string, string?> a, IDictionary<string, string?> b) =>
        a.Count == b.Count && a.All(pair => b.TryGetValue(pair.Key, out string? other) && other == pair.Value);

    private string NameOf(KeyValueKey key) => Encoding.UTF8.GetString(key.Bytes.Span[prefix.Bytes.Length..]);

    private Dictionary<string, string?> Expand(SortedDictionary<string, byte[]> entries)
    {
        var data = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach ((string name, byte[] value) in entries)
        {
            // A key that is a folder, as Consul's UI makes them, says nothing.
            if (name.Length == 0 || name.EndsWith('/'))
            {
                continue;
            }

            string key = name.Replace("/", ConfigurationPath.KeyDelimiter, StringComparison.Ordinal);
            if (options.IsJson?.Invoke(name) == true)
            {
                JsonConfiguration.Expand(key, value, data);
            }
            else
            {
                data[key] = Encoding.UTF8.GetString(value);
            }
        }

        return data;
    }
}
