namespace Discovery;

/// <summary>How a write of one key ended.</summary>
/// <param name="Index">The index of the write, or of its refusal.</param>
/// <param name="Refusal">Why nothing was changed, or null.</param>
public readonly record struct KeyValueResult(ulong Index, TransactionRefusal? Refusal)
{
    /// <summary>Whether it was done.</summary>
    public bool IsApplied => Refusal is null;
}
