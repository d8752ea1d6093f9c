using Discovery.State.Trees;

namespace Discovery;

/// <summary>Rows of a snapshot, to be read with <c>foreach</c>; nothing is copied.</summary>
/// <typeparam name="TRow">The row type.</typeparam>
public readonly struct StateRows<TRow>
    where TRow : class
{
    private readonly TreeCursor<TRow> _cursor;

    internal StateRows(TreeCursor<TRow> cursor) => _cursor = cursor;

    /// <summary>Starts the walk.</summary>
    public Enumerator GetEnumerator() => new(_cursor);

    /// <summary>Copies the rows.</summary>
    public List<TRow> ToList()
    {
        var rows = new List<TRow>();
        foreach (TRow row in this)
        {
            rows.Add(row);
        }

        return rows;
    }

    /// <summary>Walks the rows.</summary>
    public struct Enumerator
    {
        private TreeCursor<TRow> _cursor;

        internal Enumerator(TreeCursor<TRow> cursor) => _cursor = cursor;

        /// <summary>The row that the walk stands on.</summary>
        public readonly TRow Current => _cursor.Current.Value;

        /// <summary>Goes to the next row.</summary>
        /// <returns>False at the end.</returns>
        public bool MoveNext() => _cursor.MoveNext();
    }
}
