using System.Runtime.InteropServices;

namespace Discovery.State;

/// <summary>
/// Folds the changes of one command into its net effect per row: the first old and the last new row, in order of the first.
/// </summary>
internal static class JournalFold
{
    private const int LinearSearchMax = 8;

    public static ReadOnlySpan<JournalEntry> NetEffects(List<JournalEntry> journal)
    {
        ReadOnlySpan<JournalEntry> entries = CollectionsMarshal.AsSpan(journal);
        if (entries.Length <= LinearSearchMax)
        {
            return HasDuplicate(entries) ? Fold(entries) : entries;
        }

        return Fold(entries);
    }

    private static bool HasDuplicate(ReadOnlySpan<JournalEntry> entries)
    {
        for (int i = 1; i < entries.Length; i++)
        {
            for (int j = 0; j < i; j++)
            {
                if (ReferenceEquals(entries[i].Editor, entries[j].Editor) && entries[i].Key.AsSpan().SequenceEqual(entries[j].Key))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static ReadOnlySpan<JournalEntry> Fold(ReadOnlySpan<JournalEntry> entries)
    {
        var positions = new Dictionary<(TableEditor, byte[]), int>(entries.Length, JournalKeyComparer.Instance);
        var net = new List<JournalEntry>(entries.Length);
        foreach (ref readonly JournalEntry entry in entries)
        {
            if (positions.TryGetValue((entry.Editor, entry.Key), out int position))
            {
                net[position] = net[position] with { NewRow = entry.NewRow, Bytes = Math.Max(net[position].Bytes, entry.Bytes) };
            }
            else
            {
                positions.Add((entry.Editor, entry.Key), net.Count);
                net.Add(entry);
            }
        }

        return CollectionsMarshal.AsSpan(net);
    }
}
