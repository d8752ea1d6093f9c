using Discovery.Locks;
using Discovery.Sessions;
using Discovery.Transactions;

namespace Discovery.KeyValue;

/// <summary>The state module of the package: command ids 0x0100 to 0x01FF. Its name puts it after the catalog's.</summary>
internal sealed class KeyValueModule(CatalogState catalog) : IStateModule
{
    public const ushort TransactId = 0x0100;
    public const ushort ExpireKeysId = 0x0101;
    public const ushort CreateSessionId = 0x0110;
    public const ushort DestroySessionId = 0x0111;
    public const ushort BeginEpochId = 0x0112;
    public const ushort ExpireSessionsId = 0x0113;
    public const ushort RequestLockId = 0x0120;
    public const ushort EndDelaysId = 0x0121;

    private const int CheckReactionId = 1;
    private const int NodeReactionId = 2;
    private const int EntryReactionId = 3;

    private KeyValueTables? _keys;
    private SessionTables? _sessions;
    private LockTables? _locks;

    public string Name => "keyvalue";

    public KeyValueTables Keys => _keys ?? throw new InvalidOperationException("The module is in no state machine yet.");

    public SessionTables Sessions => _sessions ?? throw new InvalidOperationException("The module is in no state machine yet.");

    public LockTables Locks => _locks ?? throw new InvalidOperationException("The module is in no state machine yet.");

    public TransactionReads Reads { get; private set; } = null!;

    public StateCommand<TransactionCommand, TransactionAnswer> Transact { get; private set; } = null!;

    public StateCommand<long, long> ExpireKeys { get; private set; } = null!;

    public StateCommand<SessionEntry, SessionResult> CreateSession { get; private set; } = null!;

    public StateCommand<SessionDestruction, bool> DestroySession { get; private set; } = null!;

    public StateCommand<StateEmpty, long> BeginEpoch { get; private set; } = null!;

    public StateCommand<SessionExpiry, long> ExpireSessions { get; private set; } = null!;

    public StateCommand<LockRequest, LockAnswer> RequestLock { get; private set; } = null!;

    public StateCommand<long, long> EndDelays { get; private set; } = null!;

    public void Configure(StateModuleBuilder builder)
    {
        _keys = new KeyValueTables(builder);
        _sessions = new SessionTables(builder);
        _locks = new LockTables(builder);
        var keys = new KeyValueCommands(_keys, _sessions, _locks);
        var locks = new LockCommands(_locks, _sessions, keys);
        var sessions = new SessionCommands(_sessions, _locks, keys, catalog);
        Reads = new TransactionReads(_keys, catalog);
        var transactions = new TransactionCommands(keys, locks, catalog, Reads);

        Transact = builder.AddCommand(
            TransactId, "kv.transact", TransactionCommandCodec.Instance, TransactionAnswerCodec.Instance, transactions.Apply);
        ExpireKeys = builder.AddCommand(ExpireKeysId, "kv.expire", StateCodecs.Int64, StateCodecs.Int64, keys.Expire);
        CreateSession = builder.AddCommand(
            CreateSessionId, "session.create", SessionEntryCodec.Instance, SessionResultCodec.Instance, sessions.Create);
        DestroySession = builder.AddCommand(
            DestroySessionId, "session.destroy", SessionDestructionCodec.Instance, StateCodecs.Boolean, sessions.Destroy);
        BeginEpoch = builder.AddCommand(
            BeginEpochId, "session.begin-epoch", StateCodecs.Empty, StateCodecs.Int64, sessions.BeginEpoch);
        ExpireSessions = builder.AddCommand(
            ExpireSessionsId, "session.expire", SessionExpiryCodec.Instance, StateCodecs.Int64, sessions.Expire);
        RequestLock = builder.AddCommand(
            RequestLockId, "lock.request", LockRequestCodec.Instance, LockAnswerCodec.Instance, locks.Request);
        EndDelays = builder.AddCommand(EndDelaysId, "lock.end-delays", StateCodecs.Int64, StateCodecs.Int64, locks.EndDelays);
        builder.AddReaction<CatalogCheck>(catalog.Checks, CheckReactionId, sessions.OnCheckChanged);
        builder.AddReaction<CatalogNode>(catalog.Nodes, NodeReactionId, sessions.OnNodeChanged);
        builder.AddReaction<KeyValueEntry>(_keys.Entries, EntryReactionId, locks.OnEntryChanged);
        builder.OnRestore(sessions.CarryOver);
    }
}
