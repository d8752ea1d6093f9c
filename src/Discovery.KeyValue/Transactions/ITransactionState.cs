namespace Discovery.Transactions;

/// <summary>What reads inside a transaction see: a command's transaction, or a snapshot for reads only.</summary>
internal interface ITransactionState
{
    Guid Lineage { get; }

    TRow? Get<TRow>(StateTable<TRow> table, ReadOnlySpan<byte> key)
        where TRow : class;

    IEnumerable<TRow> Scan<TRow>(StateTable<TRow> table, byte[] prefix)
        where TRow : class;

    CatalogNode? FindNode(CatalogState catalog, Guid id);
}

internal sealed class SnapshotState(StateSnapshot snapshot) : ITransactionState
{
    public Guid Lineage => snapshot.Lineage;

    public TRow? Get<TRow>(StateTable<TRow> table, ReadOnlySpan<byte> key)
        where TRow : class => snapshot.Get(table, key);

    public IEnumerable<TRow> Scan<TRow>(StateTable<TRow> table, byte[] prefix)
        where TRow : class => snapshot.Scan(table, prefix).ToList();

    public CatalogNode? FindNode(CatalogState catalog, Guid id) => catalog.FindNode(snapshot, id);
}

internal sealed class CommandState(StateTransaction transaction) : ITransactionState
{
    private Dictionary<KeyValueKey, ulong>? _fences;

    public Guid Lineage => transaction.Lineage;

    public TRow? Get<TRow>(StateTable<TRow> table, ReadOnlySpan<byte> key)
        where TRow : class => transaction.Get(table, key);

    public IEnumerable<TRow> Scan<TRow>(StateTable<TRow> table, byte[] prefix)
        where TRow : class => transaction.Scan(table, prefix);

    public CatalogNode? FindNode(CatalogState catalog, Guid id) => catalog.FindNode(transaction, id);

    /// <summary>Notes that the command carries the fence of a lock that is held.</summary>
    public void Carry(LockFence fence) => (_fences ??= [])[fence.Key] = fence.AcquireIndex;

    /// <summary>The index at which a key was acquired, by the fence that the command carries for it; 0 without one.</summary>
    public ulong FencedIndex(KeyValueKey key) => _fences?.GetValueOrDefault(key) ?? 0;
}
