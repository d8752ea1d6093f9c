namespace Discovery.KeyValue;

/// <summary>The table of keys, its indexes and its topics.</summary>
internal sealed class KeyValueTables
{
    public KeyValueTables(StateModuleBuilder builder)
    {
        Entries = builder.AddTable<KeyValueEntry>("entries", WriteKey, KeyValueEntryCodec.Instance);
        BySession = Entries.AddIndex("session", WriteSession);
        ByExpiry = Entries.AddIndex("expiry", WriteExpiry);
        Keys = builder.AddTopicSpace("key", (transaction, key) => transaction.Get(Entries, key) is not null);
        Entries.DeriveTopics(Derive);
    }

    public StateTable<KeyValueEntry> Entries { get; }

    /// <summary>Held keys only, by the session that holds them.</summary>
    public StateIndex<KeyValueEntry> BySession { get; }

    /// <summary>Keys with a time to live only, by when it ends.</summary>
    public StateIndex<KeyValueEntry> ByExpiry { get; }

    /// <summary>One topic per key; those of deleted keys are Consul's tombstones.</summary>
    public StateTopicSpace Keys { get; }

    private static void WriteKey(KeyValueEntry row, ref StateKeyBuilder key) => key.Append(row.KeyArray);

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

    private void Derive(StateTransaction transaction, StateRowChange<KeyValueEntry> change, ref StateTopicSink topics) =>
        topics.Touch(Keys, change.Row.KeyArray);
}
