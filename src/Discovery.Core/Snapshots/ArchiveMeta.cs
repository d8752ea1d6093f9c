using System.Buffers;
using System.Text.Json;
using Discovery.Wire;

namespace Discovery.Snapshots;

/// <summary>What <c>meta.json</c> of an archive says, with Consul's names. Pure.</summary>
/// <param name="Id">The name: term, index, time.</param>
/// <param name="Index">The index of the last command in the state.</param>
/// <param name="Term">The term.</param>
internal sealed record ArchiveMeta(string Id, ulong Index, long Term)
{
    public const string Name = "meta.json";

    private const int Version = 1;

    /// <summary>Writes it for a state of a length and the servers that have it.</summary>
    public byte[] Write(long stateBytes, ClusterConfiguration configuration)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            json.WriteNumber("Version"u8, Version);
            json.WriteString("ID"u8, Id);
            json.WriteNumber("Index"u8, Index);
            json.WriteNumber("Term"u8, Term);
            json.WriteBase64String("Peers"u8, Peers(configuration));
            json.WriteStartObject("Configuration"u8);
            json.WriteStartArray("Servers"u8);
            foreach (ClusterServer server in configuration.Servers)
            {
                json.WriteStartObject();
                json.WriteNumber("Suffrage"u8, server.Role == ServerRole.Learner ? 1 : 0);
                json.WriteString("ID"u8, server.NodeId.ToString("D"));
                json.WriteString("Address"u8, server.Address);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteNumber("ConfigurationIndex"u8, configuration.Index);
            json.WriteNumber("Size"u8, stateBytes);
            json.WriteEndObject();
        }

        return output.WrittenSpan.ToArray();
    }

    /// <summary>Reads it; throws what is wrong with it.</summary>
    /// <exception cref="JsonException">It is no JSON, or lacks something.</exception>
    public static ArchiveMeta Read(ReadOnlyMemory<byte> bytes)
    {
        using JsonDocument document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = 8 });
        JsonElement root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object
            || !root.TryGetProperty("Version"u8, out JsonElement version)
            || !version.TryGetInt32(out int read)
            || !root.TryGetProperty("Index"u8, out JsonElement index)
            || !index.TryGetUInt64(out ulong at)
            || !root.TryGetProperty("Term"u8, out JsonElement term)
            || !term.TryGetInt64(out long during)
            || !root.TryGetProperty("ID"u8, out JsonElement id)
            || id.ValueKind != JsonValueKind.String)
        {
            throw new JsonException("Version, ID, Index and Term are wanted");
        }

        return read == Version ? new ArchiveMeta(id.GetString()!, at, during)
            : throw new JsonException($"version {read} is not known, only {Version} is");
    }

    // The addresses as MessagePack, which is what older versions of the format knew the servers by.
    private static byte[] Peers(ClusterConfiguration configuration)
    {
        var buffer = new WireBuffer();
        var writer = new MessagePackWriter(buffer) { OldSpec = true };
        writer.WriteArrayHeader(configuration.Servers.Count);
        foreach (ClusterServer server in configuration.Servers)
        {
            writer.Write(server.Address);
        }

        writer.Flush();
        byte[] peers = buffer.WrittenSpan.ToArray();
        buffer.Dispose();
        return peers;
    }
}
