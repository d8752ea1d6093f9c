namespace Discovery;

/// <summary>The net effect of one command on one row.</summary>
public readonly struct StateChange
{
    private readonly object? _old;
    private readonly object? _new;

    internal StateChange(StateTable table, byte[] key, object? old, object? @new)
    {
        Table = table;
        KeyBytes = key;
        _old = old;
        _new = @new;
    }

    /// <summary>The table.</summary>
    public StateTable Table { get; }

    /// <summary>The row's key.</summary>
    public ReadOnlyMemory<byte> Key => KeyBytes;

    internal byte[] KeyBytes { get; }

    internal object? OldRow => _old;

    internal object? NewRow => _new;

    /// <summary>Reads the change as one of <paramref name="table"/>.</summary>
    /// <typeparam name="TRow">The row type.</typeparam>
    /// <param name="table">The table.</param>
    /// <param name="change">The rows before and after.</param>
    /// <returns>False when the change is of another table.</returns>
    public bool Is<TRow>(StateTable<TRow> table, out StateRowChange<TRow> change)
        where TRow : class
    {
        if (ReferenceEquals(table, Table))
        {
            change = new StateRowChange<TRow>((TRow?)_old, (TRow?)_new);
            return true;
        }

        change = default;
        return false;
    }
}
