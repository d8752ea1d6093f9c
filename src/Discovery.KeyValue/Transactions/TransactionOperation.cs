namespace Discovery;

/// <summary>One step of a transaction: a <see cref="KeyValueOperation"/>, <see cref="FenceOperation"/>, <see cref="NodeOperation"/>,
/// <see cref="ServiceOperation"/> or <see cref="CheckOperation"/>.</summary>
public abstract record TransactionOperation
{
    private protected TransactionOperation()
    {
    }

    /// <summary>Whether the step only reads.</summary>
    public abstract bool IsRead { get; }
}
