using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Discovery.Wire;

namespace Discovery.Configuration;

/// <summary>
/// The copy of a prefix on the disk: <c>{"version":1,"prefix":base64,"entries":{name:base64},"checksum":crc}</c>. A copy that is cut short
/// or changed, or of another prefix is none.
/// </summary>
internal static class ConfigurationCopy
{
    private const int Version = 1;

    /// <summary>Reads the copy.</summary>
    /// <param name="file">The file.</param>
    /// <param name="prefix">The prefix that it must be of.</param>
    /// <param name="entries">What it holds.</param>
    /// <param name="problem">Why there is none although there is a file; null when there is no file.</param>
    public static bool TryRead(string file, KeyValueKey prefix, out SortedDictionary<string, byte[]> entries, out string? problem)
    {
        entries = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        problem = null;
        try
        {
            if (!File.Exists(file))
            {
                return false;
            }

            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(file));
            problem = Read(document.RootElement, prefix, entries);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            // The reason may have letters of a value in it.
            problem = "it is cut short or malformed";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problem = e.Message;
        }

        problem = problem is null ? null : $"the copy {file} cannot be used: {problem}";
        return problem is null;
    }

    /// <summary>Writes a new file beside the old one and puts it in its place.</summary>
    /// <remarks>The directory is not synced: a crash may bring back the older copy, which is whole.</remarks>
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

        try
        {
            using (var stream = new FileStream(temporary, options))
            {
                Write(stream, prefix, entries);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, full, overwrite: true);
        }
        catch (IOException)
        {
            // A disk that is full is not kept so by half a copy.
            File.Delete(temporary);
            throw;
        }
    }

    private static void Write(Stream stream, KeyValueKey prefix, SortedDictionary<string, byte[]> entries)
    {
        using var writer = new Utf8JsonWriter(stream);
        writer.WriteStartObject();
        writer.WriteNumber("version", Version);
        writer.WriteBase64String("prefix", prefix.Bytes.Span);
        writer.WriteStartObject("entries");
        foreach ((string name, byte[] value) in entries)
        {
            writer.WriteBase64String(name, value);
        }

        writer.WriteEndObject();
        writer.WriteNumber("checksum", Checksum(entries));
        writer.WriteEndObject();
    }

    private static string? Read(JsonElement root, KeyValueKey prefix, SortedDictionary<string, byte[]> entries)
    {
        if (root.GetProperty("version").GetInt32() is var version && version != Version)
        {
            return $"its version is {version}, and {Version} is expected";
        }

        if (!root.GetProperty("prefix").GetBytesFromBase64().AsSpan().SequenceEqual(prefix.Bytes.Span))
        {
            return "it is of another prefix";
        }

        foreach (JsonProperty entry in root.GetProperty("entries").EnumerateObject())
        {
            entries[entry.Name] = entry.Value.GetBytesFromBase64();
        }

        uint checksum = root.GetProperty("checksum").GetUInt32();
        return checksum == Checksum(entries) ? null : "its checksum is another one";
    }

    // Over names and values with their lengths, so that nothing can move from one to the next.
    private static uint Checksum(SortedDictionary<string, byte[]> entries)
    {
        uint checksum = 0;
        foreach ((string name, byte[] value) in entries)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(name);
            checksum = Crc32C.Append(checksum, Length(bytes));
            checksum = Crc32C.Append(checksum, bytes);
            checksum = Crc32C.Append(checksum, Length(value));
            checksum = Crc32C.Append(checksum, value);
        }

        return checksum;
    }

    private static byte[] Length(byte[] bytes)
    {
        var length = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        return length;
    }
}
