using System.Globalization;
using System.Text;
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

    /// <summary>Adds the keys; what is no object or array at its top is a plain text.</summary>
    /// <exception cref="FormatException">It begins like JSON and is none. The text of the value is not told.</exception>
    public static void Expand(string key, byte[] value, IDictionary<string, string?> into)
    {
        ReadOnlySpan<byte> trimmed = value.AsSpan().Trim(" \t\r\n"u8);
        if (trimmed.IsEmpty || trimmed[0] is not ((byte)'{' or (byte)'['))
        {
            into[key] = Encoding.UTF8.GetString(value);
            return;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(value, Options);
            Add(key, document.RootElement, into);
        }
        catch (JsonException e)
        {
            throw new FormatException($"key \"{key}\" is no JSON: line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}", e);
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
