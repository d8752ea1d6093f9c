namespace Discovery;

/// <summary>How a transaction ended.</summary>
/// <param name="Index">The index of the write, or of the state that was read.</param>
/// <param name="Items">What the steps read, and, when asked for, what they wrote; in their order. Deletes add nothing.</param>
/// <param name="Failures">The steps that failed; with one of them nothing was changed.</param>
public sealed record TransactionResult(
    ulong Index, IReadOnlyList<TransactionItem> Items, IReadOnlyList<TransactionFailure> Failures)
{
    /// <summary>Whether all steps were done; otherwise none was.</summary>
    public bool IsApplied => Failures.Count == 0;
}
