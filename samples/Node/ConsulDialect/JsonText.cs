using System.Text.Json;

namespace Discovery.Node.ConsulDialect;

/// <summary>Reads a JSON configuration: one object, nothing after it, no comments.</summary>
internal static class JsonText
{
    /// <exception cref="DialectException">The text is no JSON object.</exception>
    public static ConfigObject Parse(string file, string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return Convert(document.RootElement) as ConfigObject ?? throw DialectException.InFile(
                file, $"json: cannot unmarshal {Name(document.RootElement.ValueKind)} into Go value of type map[string]interface {{}}");
        }
        catch (JsonException e)
        {
            string place = $"(line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1})";
            throw DialectException.InFile(file, $"{e.Message.Split(" LineNumber:")[0]} {place}");
        }
        catch (ArgumentException e)
        {
            throw DialectException.InFile(file, e.Message);
        }
    }

    private static string Name(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => "number",
        _ => "bool",
    };

    private static ConfigValue Convert(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var made = new ConfigObject();
                foreach (JsonProperty property in element.EnumerateObject())
                {
                    made[property.Name] = Convert(property.Value);
                }

                return made;
            case JsonValueKind.Array:
                return new ConfigList([.. element.EnumerateArray().Select(Convert)]);
            case JsonValueKind.String:
                return new ConfigText(element.GetString()!);
            case JsonValueKind.Number:
                return new ConfigNumber(element.GetDouble());
            case JsonValueKind.True:
            case JsonValueKind.False:
                return new ConfigBool(element.ValueKind == JsonValueKind.True);
            default:
                return ConfigNull.Instance;
        }
    }
}
