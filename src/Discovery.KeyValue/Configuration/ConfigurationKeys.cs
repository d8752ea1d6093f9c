using System.Text;
using Microsoft.Extensions.Configuration;

namespace Discovery.Configuration;

/// <summary>From keys and values of the store to those of configuration.</summary>
internal static class ConfigurationKeys
{
    private const char Separator = '/';
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The prefix as a folder: "app" means "app/", not "application/...".</summary>
    public static KeyValueKey Folder(KeyValueKey prefix) =>
        prefix.IsEmpty || prefix.Bytes.Span[^1] == Separator ? prefix : new KeyValueKey([.. prefix.Bytes.Span, (byte)Separator]);

    /// <summary>The key without the prefix; false for what is no text, or is a folder, as Consul's UI makes them.</summary>
    public static bool TryGetName(KeyValueKey key, KeyValueKey prefix, out string name)
    {
        try
        {
            name = Strict.GetString(key.Bytes.Span[prefix.Bytes.Length..]);
            return name.Length > 0 && name[^1] != Separator;
        }
        catch (ArgumentException)
        {
            name = "";
            return false;
        }
    }

    /// <summary>All of them as configuration, in key order: of two that differ in case only, the later one counts.</summary>
    /// <exception cref="FormatException">A value is no text, or no JSON. Its text is not told.</exception>
    public static Dictionary<string, string?> Expand(SortedDictionary<string, byte[]> entries, Func<string, bool>? isJson)
    {
        var data = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach ((string name, byte[] value) in entries)
        {
            string key = name.Replace("/", ConfigurationPath.KeyDelimiter, StringComparison.Ordinal);
            if (isJson?.Invoke(name) == true && JsonConfiguration.IsExpandable(value))
            {
                JsonConfiguration.Expand(key, value, data);
            }
            else
            {
                data[key] = Text(key, value);
            }
        }

        return data;
    }

    private static string Text(string key, byte[] value)
    {
        try
        {
            return Strict.GetString(value);
        }
        catch (ArgumentException)
        {
            // Not as the cause: its message has bytes of the value.
            throw new FormatException($"the value of \"{key}\" is no UTF-8");
        }
    }
}
