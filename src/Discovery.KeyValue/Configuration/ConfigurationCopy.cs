using System.Text.Json;

namespace Discovery.Configuration;

/// <summary>
/// The copy of a prefix on the disk: <c>{"version":1,"prefix":base64,"entries":{name:base64},"end":true}</c>. A copy that is cut short,
/// malformed or of another prefix is none.
/// </summary>
internal static class ConfigurationCopy
{
    private const int Version = 1;

    public static bool TryRead(string file, KeyValueKey prefix, out SortedDictionary<string, byte[]> entries)
    {
        entries = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        try
        {
            if (!File.Exists(file))
            {
                return false;
            }

            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(file));
            JsonElement root = document.RootElement;
            if (root.GetProperty("version").GetInt32() != Version
                || !root.GetProperty("prefix").GetBytesFromBase64().AsSpan().SequenceEqual(prefix.Bytes.Span)
                || !root.GetProperty("end").GetBoolean())
            {
                return false;
            }

            foreach (JsonProperty entry in root.GetProperty("entries").EnumerateObject())
            {
                entries[entry.Name] = entry.Value.GetBytesFromBase64();
            }

            return true;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException
            or IOException or UnauthorizedAccessException)
        {
            entries.Clear();
            return false;
        }
    }

    /// <summary>Writes a new file beside the old one and puts it in its place.</summary>
    /// <exception cref="IOException">The disk says no; the old copy is still there.</exception>
    public static void Write(string file, KeyValueKey prefix, SortedDictionary<string, byte[]> entries)
    {
        string full = Path.GetFullPath(file);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        string temporary = full + ".tmp";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var stream = new FileStream(temporary, options))
        {
            using (var writer = new Utf8JsonWriter(stream))
            {
                writer.WriteStartObject();
                writer.WriteNumber("version", Version);
                writer.WriteBase64String("prefix", prefix.Bytes.Span);
                writer.WriteStartObject("entries");
                foreach ((string name, byte[] value) in entries)
                {
                    writer.WriteBase64String(name, value);
                }

                writer.WriteEndObject();
                writer.WriteBoolean("end", true);
                writer.WriteEndObject();
            }

            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, full, overwrite: true);
    }
}
