namespace Discovery;

/// <summary>How a transaction is carried out.</summary>
public sealed record TransactionOptions
{
    /// <summary>The defaults.</summary>
    public static readonly TransactionOptions Default = new();

    /// <summary>Who calls.</summary>
    public CallContext Context { get; init; } = CallContext.Local;

    /// <summary>Whether the result has the rows that were written, without their values, beside those that were read.</summary>
    /// <value>False.</value>
    public bool ReturnsWritten { get; init; }

    /// <summary>How fresh the state must be that a transaction of reads only sees; one that writes is always exact.</summary>
    public ReadConsistency Consistency { get; init; }
}
