namespace Discovery;

/// <summary>What a command did to one row.</summary>
/// <typeparam name="TRow">The row type.</typeparam>
/// <param name="Old">The row before, null when it was added.</param>
/// <param name="New">The row after, null when it was deleted.</param>
public readonly record struct StateRowChange<TRow>(TRow? Old, TRow? New)
    where TRow : class
{
    /// <summary>The row after, or before if it was deleted.</summary>
    public TRow Row => New ?? Old!;
}
