namespace Discovery.State;

/// <summary>A row in a secondary index, which has no indexes and hashes of its own.</summary>
/// <param name="Row">The row.</param>
internal readonly record struct IndexCell<TRow>(TRow Row) : IRowCell<TRow>
{
    public ulong Index => 0;
}
