using Discovery.KeyValue;

namespace Discovery.Sessions;

/// <summary>The tables of sessions, of the checks that they depend on, and of the leader's right to end leases.</summary>
internal sealed class SessionTables
{
    private const int StackBytes = 256;

    public SessionTables(StateModuleBuilder builder)
    {
        Sessions = builder.AddTable<SessionEntry>("sessions", WriteKey, SessionEntryCodec.Instance);
        ByNode = Sessions.AddIndex("node", static (SessionEntry row, ref StateKeyBuilder key) => key.AppendFolded(row.Node));
        Links = builder.AddTable<SessionLink>("session-checks", WriteLink, SessionLinkCodec.Instance);
        Epochs = builder.AddTable<LeaseEpoch>(
            "lease-epoch", static (LeaseEpoch row, ref StateKeyBuilder key) => key.Append("epoch"u8), LeaseEpochCodec.Instance);
        SessionTopics = builder.AddTopicSpace("session", (transaction, key) => transaction.Get(Sessions, key) is not null);
        NodeTopics = builder.AddTopicSpace("session-node", (transaction, key) => transaction.Scan(ByNode, key, 1).Count > 0);
        Sessions.DeriveTopics(Derive);
    }

    public StateTable<SessionEntry> Sessions { get; }

    public StateIndex<SessionEntry> ByNode { get; }

    /// <summary>Which sessions depend on which check.</summary>
    public StateTable<SessionLink> Links { get; }

    /// <summary>One row: since when the leader who may end leases is in office.</summary>
    public StateTable<LeaseEpoch> Epochs { get; }

    public StateTopicSpace SessionTopics { get; }

    public StateTopicSpace NodeTopics { get; }

    public static byte[] Key(Guid id)
    {
        var key = new byte[16];
        id.TryWriteBytes(key, bigEndian: true, out _);
        return key;
    }

    public static byte[] LinkKey(string node, string check, Guid? session = null)
    {
        var key = new StateKeyBuilder(stackalloc byte[StackBytes]);
        key.AppendFolded(node);
        key.Append(check);
        if (session is { } id)
        {
            KeyValueFields.WriteId(id, ref key);
        }

        byte[] bytes = key.Bytes.ToArray();
        key.Dispose();
        return bytes;
    }

    public SessionEntry? Find(StateTransaction transaction, Guid id) => transaction.Get(Sessions, Key(id));

    public ulong Epoch(StateTransaction transaction) => transaction.Get(Epochs, "epoch"u8)?.Index ?? 0;

    private static void WriteKey(SessionEntry row, ref StateKeyBuilder key) => KeyValueFields.WriteId(row.Id, ref key);

    private static void WriteLink(SessionLink row, ref StateKeyBuilder key)
    {
        key.AppendFolded(row.Node);
        key.Append(row.Check);
        KeyValueFields.WriteId(row.Session, ref key);
    }

    private void Derive(StateTransaction transaction, StateRowChange<SessionEntry> change, ref StateTopicSink topics)
    {
        topics.Touch(SessionTopics, Key(change.Row.Id));
        topics.Touch(NodeTopics, StateKey.OfFolded(change.Row.Node));
    }
}
