using Discovery.State;
using Discovery.State.Trees;

namespace Discovery.Core.Tests.State.Trees;

public sealed class PersistentTreeTests
{
    private static readonly Comparer<byte[]> ByBytes = Comparer<byte[]>.Create(static (a, b) => a.AsSpan().SequenceCompareTo(b));

    [Theory]
    [InlineData(1, 40, 4, KeyShape.Short, false)]
    [InlineData(2, 3_000, 6, KeyShape.Short, false)]
    [InlineData(3, 3_000, 3, KeyShape.Short, false)]
    [InlineData(4, 400, 2, KeyShape.Short, false)]
    [InlineData(5, 3_000, 4, KeyShape.AroundOneWord, false)]
    [InlineData(6, 3_000, 4, KeyShape.LongCommon, false)]
    [InlineData(7, 3_000, 4, KeyShape.Mixed, false)]
    [InlineData(8, 300, 3, KeyShape.Mixed, false)]
    [InlineData(9, 40, 4, KeyShape.Short, true)]
    [InlineData(10, 3_000, 4, KeyShape.AroundOneWord, true)]
    [InlineData(11, 3_000, 4, KeyShape.LongCommon, true)]
    [InlineData(12, 3_000, 4, KeyShape.Mixed, true)]
    [InlineData(13, 300, 3, KeyShape.Mixed, true)]
    public void Editor_RandomOperations_MatchesSortedDictionary(int seed, int keysAbout, int alphabet, KeyShape shape, bool isPacked)
    {
        Keys random = new(seed, alphabet, shape);
        SortedDictionary<byte[], (int Value, ulong Index)> model = new(ByBytes);
        TreeEditor<RowCell<int>> editor = new(new PersistentTree<RowCell<int>>(null, isPacked ? new NumberPacker() : null));
        Queue<(PersistentTree<RowCell<int>> Tree, List<(byte[], int, ulong)> Content)> versions = new();
        for (int i = 0; i < 200_000; i++)
        {
            byte[] key = random.NextKey();
            bool isGrowing = model.Count < keysAbout * (1 + ((i >> 14) & 1)) / 2;
            if (random.Next(100) < (isGrowing ? 65 : 35))
            {
                ulong index = random.Next(10) == 0 ? (ulong)random.Next(i + 1) : (ulong)i;
                bool known = model.TryGetValue(key, out (int Value, ulong Index) before);
                RowCell<int> cell = new(i, index, (ulong)i);
                TreeEntry<RowCell<int>> old;
                Assert.Equal(
                    known,
                    i % 2 == 0 ? editor.Set(key, cell, out old) : editor.Set(key.AsSpan(), cell, out old));
                Assert.Equal(before, (NumberPacker.Read(old), old.Value.Index));
                model[key] = (i, index);
            }
            else
            {
                Assert.Equal(model.Remove(key, out (int Value, ulong Index) before), editor.Remove(key, out TreeEntry<RowCell<int>> old));
                Assert.Equal(before, (NumberPacker.Read(old), old.Value.Index));
            }

            Assert.Equal(model.Count, editor.Count);
            if (i % 101 == 0)
            {
                CheckQueries(random, editor, model);
            }

            if (i % 1999 == 0)
            {
                PersistentTree<RowCell<int>> tree = editor.ToTree();
                TreeShape.Check(tree);
                Assert.Equal(isPacked && tree.Count > 20, NumberPacker.CountPacked(tree) > tree.Count / 4);
                versions.Enqueue((tree, [.. model.Select(pair => (pair.Key, pair.Value.Value, pair.Value.Index))]));
                editor = random.Next(2) == 0 ? new TreeEditor<RowCell<int>>(tree) : editor;
                if (versions.Count > 5)
                {
                    CheckVersion(versions.Dequeue());
                }
            }
        }

        while (versions.TryDequeue(out (PersistentTree<RowCell<int>>, List<(byte[], int, ulong)>) version))
        {
            CheckVersion(version);
        }
    }

    [Fact]
    public void Scan_TwoWalksOverOneTree_DoNotDisturbEachOther()
    {
        TreeEditor<RowCell<int>> editor = new(PersistentTree<RowCell<int>>.Empty);
        for (int i = 0; i < 5_000; i++)
        {
            editor.Set([(byte)(i >> 8), (byte)i], new RowCell<int>(i, 1, 0), out _);
        }

        PersistentTree<RowCell<int>> tree = editor.ToTree();
        TreeCursor<RowCell<int>> first = tree.Scan([]);
        TreeCursor<RowCell<int>> second = tree.Scan([]);
        for (int i = 0; i < 5_000; i++)
        {
            Assert.True(first.MoveNext());
            Assert.Equal(i, first.Current.Value.Row);
        }

        Assert.False(first.MoveNext());
        Assert.True(second.MoveNext());
        Assert.Equal(0, second.Current.Value.Row);
    }

    private static void CheckQueries(
        Keys random, TreeEditor<RowCell<int>> editor, SortedDictionary<byte[], (int Value, ulong Index)> model)
    {
        byte[] prefix = random.NextKey();
        prefix = random.Next(4) == 0 ? prefix : prefix[..random.Next(prefix.Length)];
        List<KeyValuePair<byte[], (int Value, ulong Index)>> expected = [.. model.Where(pair => pair.Key.AsSpan().StartsWith(prefix))];
        Assert.Equal(expected.Count, editor.CountPrefix(prefix));
        Assert.Equal(expected.Count > 0, editor.HasPrefix(prefix));
        Assert.Equal(expected.Count == 0 ? 0 : expected.Max(pair => pair.Value.Index), editor.MaxIndexOfPrefix(prefix));
        List<int> found = [];
        foreach (TreeEntry<RowCell<int>> entry in editor.Scan(prefix))
        {
            found.Add(NumberPacker.Read(entry));
        }

        Assert.Equal(expected.Select(pair => pair.Value.Value), found);
        byte[] from = random.NextKey();
        Assert.Equal(expected.Count > 0, editor.ToTree().TryGetFirst(prefix, out TreeEntry<RowCell<int>> first));
        Assert.Equal(expected.FirstOrDefault().Key, expected.Count > 0 ? first.Key : null);
        found.Clear();
        foreach (TreeEntry<RowCell<int>> entry in editor.ToTree().Scan(prefix, from))
        {
            found.Add(NumberPacker.Read(entry));
        }

        Assert.Equal(expected.Where(pair => ByBytes.Compare(pair.Key, from) >= 0).Select(pair => pair.Value.Value), found);
        Assert.Equal(model.TryGetValue(from, out (int Value, ulong Index) value), editor.TryGet(from, out TreeEntry<RowCell<int>> got));
        Assert.Equal(value, (NumberPacker.Read(got), got.Value.Index));
    }

    private static void CheckVersion((PersistentTree<RowCell<int>> Tree, List<(byte[] Key, int Value, ulong Index)> Content) version)
    {
        Assert.Equal(version.Content.Count, version.Tree.Count);
        int position = 0;
        foreach (TreeEntry<RowCell<int>> entry in version.Tree.Scan([]))
        {
            (byte[] key, int value, ulong index) = version.Content[position++];
            Assert.True(key.AsSpan().SequenceEqual(entry.Key));
            Assert.Equal((value, index), (NumberPacker.Read(entry), entry.Value.Index));
        }

        Assert.Equal(version.Content.Count, position);
        Assert.Equal(version.Content.Count == 0 ? 0 : version.Content.Max(entry => entry.Index), version.Tree.MaxIndex);
    }
}
