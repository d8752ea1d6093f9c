using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Discovery.Locks;

/// <summary>The value of a semaphore's coordination key: <c>{"Limit":2,"Holders":{"session":true}}</c>.</summary>
internal sealed class SemaphoreHolders(int limit)
{
    public int Limit { get; } = limit;

    /// <summary>The sessions that hold a place, in ordinal order.</summary>
    public SortedSet<string> Sessions { get; } = new(StringComparer.Ordinal);

    /// <summary>Reads what Consul's client, or we, wrote.</summary>
    public static bool TryRead(ReadOnlySpan<byte> json, out SemaphoreHolders holders)
    {
        holders = new SemaphoreHolders(0);
        var reader = new Utf8JsonReader(json);
        try
        {
            int limit = 0;
            var sessions = new List<string>();
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                string name = reader.GetString()!;
                reader.Read();
                if (name.Equals("Limit", StringComparison.OrdinalIgnoreCase))
                {
                    limit = reader.GetInt32();
                }
                else if (name.Equals("Holders", StringComparison.OrdinalIgnoreCase) && reader.TokenType == JsonTokenType.StartObject)
                {
                    ReadHolders(ref reader, sessions);
                }
                else
                {
                    reader.Skip();
                }
            }

            holders = new SemaphoreHolders(limit);
            holders.Sessions.UnionWith(sessions);
            return reader.TokenType == JsonTokenType.EndObject && limit > 0;
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>Whether a session may have a place, told without reading all of the holders: false is sure.</summary>
    /// <param name="coordination">The semaphore's coordination key, if there is one.</param>
    /// <param name="session">The session's text.</param>
    public static bool MayHold(KeyValueEntry? coordination, string session)
    {
        if (coordination is not { Flags: LockLayout.SemaphoreFlags })
        {
            return false;
        }

        // A text may be written with escapes; nobody's client does so.
        ReadOnlySpan<byte> json = coordination.Value.Span;
        return json.IndexOf(Encoding.UTF8.GetBytes(session)) >= 0 || json.Contains((byte)'\\');
    }

    public byte[] ToJson()
    {
        var output = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output))
        {
            writer.WriteStartObject();
            writer.WriteNumber("Limit", Limit);
            writer.WriteStartObject("Holders");
            foreach (string session in Sessions)
            {
                writer.WriteBoolean(session, true);
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return output.WrittenSpan.ToArray();
    }

    private static void ReadHolders(ref Utf8JsonReader reader, List<string> sessions)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string session = reader.GetString()!;
            reader.Read();
            if (reader.TokenType == JsonTokenType.True)
            {
                sessions.Add(session);
            }
            else
            {
                reader.Skip();
            }
        }
    }
}
