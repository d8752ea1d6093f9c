using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace Discovery.Configuration;

/// <summary>Makes configuration keys of a JSON value, by the rules of JSON files: properties by name, elements by number.</summary>
internal static class JsonConfiguration
{
    private static readonly JsonDocumentOptions Options = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    /// <summary>Whether it begins as an object or an array does; everything else is a plain text.</summary>
    public static bool IsExpandable(ReadOnlySpan<byte> value)
    {
        ReadOnlySpan<byte> trimmed = value.Trim(" \t\r\n"u8);
        return !trimmed.IsEmpty && trimmed[0] is ((byte)'{' or (byte)'[');
    }

    /// <summary>Adds the keys.</summary>
    /// <exception cref="FormatException">It is no JSON. The text of the value is not told.</exception>
    public static void Expand(string key, byte[] value, IDictionary<string, string?> into)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(value, Options);
            Add(key, document.RootElement, into);
        }
        catch (JsonException e)
        {
            // Not as the cause: its message has letters of the value.
            throw new FormatException($"key \"{key}\" is no JSON: line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}");
        }
        catch (InvalidOperationException)
        {
            // A string inside it is no UTF-16, half of a pair: only found when it is read.
            throw new FormatException($"key \"{key}\" is no JSON: a string in it is no text");
        }
    }

    private static void Add(string key, JsonElement element, IDictionary<string, string?> into)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                bool isEmpty = true;
                foreach (JsonProperty property in element.EnumerateObject())
                {
                    isEmpty = false;
                    Add(ConfigurationPath.Combine(key, property.Name), property.Value, into);
                }

                AddIfEmpty(key, isEmpty, into);
                break;
            case JsonValueKind.Array:
                int index = 0;
                foreach (JsonElement item in element.EnumerateArray())
                {
                    Add(ConfigurationPath.Combine(key, index.ToString(CultureInfo.InvariantCulture)), item, into);
                    index++;
                }

                AddIfEmpty(key, index == 0, into);
                break;
            case JsonValueKind.Null:
                into[key] = null;
                break;
            default:
                into[key] = element.ToString();
                break;
        }
    }

    private static void AddIfEmpty(string key, bool isEmpty, IDictionary<string, string?> into)
    {
        if (isEmpty)
        {
            into[key] = null;
        }
    }
}
