namespace Discovery.KeyValue;

/// <summary>What each query of the store reads, its topics, and when two bodies look the same.</summary>
internal static class KeyValueQueries
{
    public static readonly IEqualityComparer<KeyValueEntry?> SameEntry = EqualityComparer<KeyValueEntry?>.Create(AreSame);

    public static readonly IEqualityComparer<IReadOnlyList<KeyValueEntry>> SameList =
        EqualityComparer<IReadOnlyList<KeyValueEntry>>.Create(
            static (a, b) => a!.Count == b!.Count && a.Zip(b).All(static pair => AreSame(pair.First, pair.Second)));

    public static readonly IEqualityComparer<IReadOnlyList<KeyValueKey>> SameKeys =
        EqualityComparer<IReadOnlyList<KeyValueKey>>.Create(static (a, b) => a!.SequenceEqual(b!));

    public static StateRead<KeyValueEntry?> Entry(KeyValueTables tables, KeyValueKey key) => (snapshot, topics) =>
    {
        topics.Add(StateTopic.ForKey(tables.Keys, key.Array));
        return snapshot.Get(tables.Entries, key.Array);
    };

    public static StateRead<IReadOnlyList<KeyValueEntry>> Tree(KeyValueTables tables, KeyValueKey prefix) => (snapshot, topics) =>
    {
        topics.Add(StateTopic.ForPrefix(tables.Keys, prefix.Array));
        return snapshot.Scan(tables.Entries, prefix.Array).ToList();
    };

    public static StateRead<IReadOnlyList<KeyValueKey>> Keys(KeyValueTables tables, KeyValueKey prefix, KeyValueKey separator) =>
        (snapshot, topics) =>
        {
            topics.Add(StateTopic.ForPrefix(tables.Keys, prefix.Array));
            return Cut(snapshot, tables, prefix.Array, separator.Array);
        };

    // Every key of a cut group is skipped at once: the next walk begins behind the group.
    private static List<KeyValueKey> Cut(StateSnapshot snapshot, KeyValueTables tables, byte[] prefix, byte[] separator)
    {
        var keys = new List<KeyValueKey>();
        byte[]? from = prefix;
        while (from is not null)
        {
            byte[]? next = null;
            foreach (KeyValueEntry entry in snapshot.ScanFrom(tables.Entries, prefix, from))
            {
                byte[] key = entry.KeyArray;
                int cut = separator.Length == 0 ? -1 : key.AsSpan(prefix.Length).IndexOf(separator);
                if (cut < 0)
                {
                    keys.Add(entry.Key);
                    continue;
                }

                byte[] group = key[..(prefix.Length + cut + separator.Length)];
                keys.Add(group);
                next = Successor(group);
                break;
            }

            from = next;
        }

        return keys;
    }

    // The lowest key above all that begin with the group; null when there is none.
    private static byte[]? Successor(byte[] group)
    {
        int length = group.Length;
        while (length > 0 && group[length - 1] == 0xFF)
        {
            length--;
        }

        if (length == 0)
        {
            return null;
        }

        byte[] successor = group[..length];
        successor[length - 1]++;
        return successor;
    }

    // An entry is replaced whenever it changes: the same object is the same entry, and another one of the same index too.
    private static bool AreSame(KeyValueEntry? a, KeyValueEntry? b) => ReferenceEquals(a, b)
        || (a is not null && b is not null && a.ModifyIndex == b.ModifyIndex && a.Key == b.Key && a.SaysSameAs(b));
}
