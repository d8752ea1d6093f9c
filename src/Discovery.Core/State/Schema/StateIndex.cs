namespace Discovery;

/// <summary>A secondary index of a table.</summary>
/// <typeparam name="TRow">The row type.</typeparam>
public sealed class StateIndex<TRow>
    where TRow : class
{
    internal StateIndex(StateTable<TRow> table, string name, int position, StateKeyWriter<TRow> key)
    {
        Table = table;
        Name = name;
        Position = position;
        WriteKey = key;
    }

    /// <summary>The table that it indexes.</summary>
    public StateTable<TRow> Table { get; }

    /// <summary>Its name, unique within the table.</summary>
    public string Name { get; }

    internal int Position { get; }

    internal StateKeyWriter<TRow> WriteKey { get; }
}
