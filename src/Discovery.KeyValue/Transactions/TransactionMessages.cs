namespace Discovery.Transactions;

/// <summary>The steps of a transaction that goes into the log.</summary>
/// <param name="Operations">The steps.</param>
/// <param name="ReturnsWritten">Whether the answer has the rows that were written.</param>
internal sealed record TransactionCommand(IReadOnlyList<TransactionOperation> Operations, bool ReturnsWritten);

/// <summary>What a transaction answers: either items or failures.</summary>
internal sealed record TransactionAnswer(IReadOnlyList<TransactionItem> Items, IReadOnlyList<TransactionFailure> Failures)
{
    public static readonly TransactionAnswer Empty = new([], []);
}
