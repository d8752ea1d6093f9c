namespace Discovery.KeyValue;

/// <summary>The table of keys, its indexes and its topics.</summary>
internal sealed class KeyValueTables
{
    private const int EncodedBytesMax = 512;

    public KeyValueTables(StateModuleBuilder builder)
    {
        Entries = builder.AddTable("entries", static row => row.KeyArray, KeyValueEntryCodec.Instance);
        BySession = Entries.AddIndex("session", WriteSession);
        ByExpiry = Entries.AddIndex("expiry", WriteExpiry);
        Entries.KeepEncoded(static row => row.Value.Length <= EncodedBytesMax && !row.IsHeld && row.ExpiresAt is null);
        Keys = builder.AddTopicSpace("key", Entries);
    }

    public StateTable<KeyValueEntry> Entries { get; }

    /// <summary>Held keys only, by the session that holds them.</summary>
    public StateIndex<KeyValueEntry> BySession { get; }

    /// <summary>Keys with a time to live only, by when it ends.</summary>
    public StateIndex<KeyValueEntry> ByExpiry { get; }

    /// <summary>One topic per key; those of deleted keys are Consul's tombstones.</summary>
    public StateTopicSpace Keys { get; }

    private static void WriteSession(KeyValueEntry row, ref StateKeyBuilder key)
    {
        if (row.IsHeld)
        {
            KeyValueFields.WriteId(row.Session, ref key);
        }
    }

    private static void WriteExpiry(KeyValueEntry row, ref StateKeyBuilder key)
    {
        if (row.ExpiresAt is { } at)
        {
            key.Append((ulong)at.Ticks);
        }
    }
}
