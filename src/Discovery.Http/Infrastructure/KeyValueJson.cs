namespace Discovery.Infrastructure;

/// <summary>Keys and sessions as Consul's API shows them, field by field in its order.</summary>
internal static class KeyValueJson
{
    private const int NanosecondsPerTick = 100;

    /// <summary>How many bytes an entry takes, more or less.</summary>
    public static int SizeOf(KeyValueEntry entry) => 192 + entry.Key.Bytes.Length + (entry.Value.Length / 3 * 4);

    /// <summary>A key.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="entry">The key.</param>
    /// <param name="hasValue">Whether its value is shown, and not null.</param>
    public static JsonBuffer WriteEntry(JsonBuffer json, KeyValueEntry entry, bool hasValue = true)
    {
        json.Raw("{\"LockIndex\":"u8).Number(entry.LockIndex);
        json.Raw(",\"Key\":"u8).Utf8(entry.Key.Bytes.Span);
        json.Raw(",\"Flags\":"u8).Number(entry.Flags);
        json.Raw(",\"Value\":"u8).Base64(hasValue ? entry.Value.Span : default);
        if (entry.Session != Guid.Empty)
        {
            json.Raw(",\"Session\":"u8).Id(entry.Session);
        }

        json.Raw(",\"CreateIndex\":"u8).Number(entry.CreateIndex);
        return json.Raw(",\"ModifyIndex\":"u8).Number(entry.ModifyIndex).Byte((byte)'}');
    }

    /// <summary>A session.</summary>
    public static JsonBuffer WriteSession(JsonBuffer json, SessionEntry session)
    {
        json.Raw("{\"ID\":"u8).Id(session.Id);
        json.Raw(",\"Name\":"u8).String(session.Name);
        json.Raw(",\"Node\":"u8).String(session.Node);
        json.Raw(",\"LockDelay\":"u8).Number(session.LockDelay.Ticks * NanosecondsPerTick);
        json.Raw(session.Behavior == SessionBehavior.Delete ? ",\"Behavior\":\"delete\""u8 : ",\"Behavior\":\"release\""u8);
        json.Raw(",\"TTL\":"u8).String(session.TimeToLive);
        json.Raw(",\"NodeChecks\":"u8).Strings(session.NodeChecks);
        WriteServiceChecks(json.Raw(",\"ServiceChecks\":"u8), session.ServiceChecks);
        if (session.Checks.Count > 0)
        {
            json.Raw(",\"Checks\":"u8).Strings(session.Checks);
        }

        json.Raw(",\"CreateIndex\":"u8).Number(session.CreateIndex);
        return json.Raw(",\"ModifyIndex\":"u8).Number(session.ModifyIndex).Byte((byte)'}');
    }

    private static void WriteServiceChecks(JsonBuffer json, IReadOnlyList<string>? checks)
    {
        if (checks is null)
        {
            json.Raw("null"u8);
            return;
        }

        json.Byte((byte)'[');
        for (int i = 0; i < checks.Count; i++)
        {
            (i > 0 ? json.Byte((byte)',') : json).Raw("{\"ID\":"u8).String(checks[i]).Raw(",\"Namespace\":\"\"}"u8);
        }

        json.Byte((byte)']');
    }
}
