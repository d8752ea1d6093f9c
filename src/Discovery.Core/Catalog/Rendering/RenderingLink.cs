namespace Discovery.Catalog;

/// <summary>
/// The list of renderings that a view or an instance keeps: cells, newest first, and at its end the budget that they count against. So
/// one field is enough for both.
/// </summary>
internal abstract class RenderingLink
{
    /// <summary>Finds a rendering, or makes it.</summary>
    /// <remarks>
    /// Readers who ask for the same at the same time wait for the one who makes it: many woken readers cost one rendering. What is made
    /// under a cell's monitor may ask for renderings of instances, which ask for nothing further.
    /// </remarks>
    public static T Render<T, TSource>(ref RenderingLink list, Rendering<T> kind, TSource source, Func<TSource, T> make)
        where T : class
    {
        RenderingCell cell = Find(list, kind) ?? Add(ref list, kind);
        if (cell.Value is { } known)
        {
            return (T)known;
        }

        lock (cell)
        {
            if (cell.Value is { } made)
            {
                return (T)made;
            }

            T value = make(source) ?? throw new InvalidOperationException($"The rendering {kind.Name} gave nothing.");
            cell.Keep(value, kind.Bytes(value));
            return value;
        }
    }

    private static RenderingCell? Find(RenderingLink? list, object kind)
    {
        while (list is RenderingCell cell)
        {
            if (ReferenceEquals(cell.Kind, kind))
            {
                return cell;
            }

            list = cell.Next;
        }

        return null;
    }

    private static RenderingCell Add(ref RenderingLink list, object kind)
    {
        while (true)
        {
            RenderingLink first = Volatile.Read(ref list);
            if (Find(first, kind) is { } added)
            {
                return added;
            }

            var cell = new RenderingCell(kind, first);
            if (ReferenceEquals(Interlocked.CompareExchange(ref list, cell, first), first))
            {
                return cell;
            }
        }
    }
}
