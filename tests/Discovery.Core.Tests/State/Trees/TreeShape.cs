using Discovery.State;
using Discovery.State.Trees;

namespace Discovery.Core.Tests.State.Trees;

/// <summary>Checks what every node of a tree promises about its keys.</summary>
internal static class TreeShape
{
    public static void Check(PersistentTree<RowCell<int>> tree)
    {
        if (tree.Root is { } root)
        {
            CheckNode(root);
        }
    }

    // Yields the keys of the subtree.
    private static List<byte[]> CheckNode(TreeNode<RowCell<int>> node)
    {
        Assert.InRange(node.Count, 1, TreeNode<RowCell<int>>.FanOut);
        List<byte[]> keys = [];
        List<byte[]> bounds = [];
        if (node is TreeBranch<RowCell<int>> branch)
        {
            Assert.False(node.IsLeaf);
            for (int i = 0; i < branch.Count; i++)
            {
                keys.AddRange(CheckNode(branch.Children[i]));
                bounds.Add(branch.Keys[i]);
            }

            for (int i = branch.Count; i < TreeWords.Slots; i++)
            {
                Assert.Null(branch.Children[i]);
            }

            bounds.RemoveAt(0);
            Assert.Equal(0UL, node.Words[0]);
        }
        else
        {
            Assert.True(node.IsLeaf);
            keys.AddRange(Enumerable.Range(0, node.Count).Select(i => node.KeyAt(i).ToArray()));
            bounds.AddRange(keys);
        }

        byte[] prefix = keys[0][..node.PrefixLength];
        Assert.All(keys, key => Assert.True(key.AsSpan().StartsWith(prefix)));
        int position = node.Count - bounds.Count;
        foreach (byte[] bound in bounds)
        {
            Assert.True(bound.AsSpan().StartsWith(prefix));
            Assert.Equal(TreeWords.Of(bound, prefix.Length), node.Words[position++]);
        }

        for (; position < TreeWords.Slots; position++)
        {
            Assert.Equal(TreeWords.Unused, node.Words[position]);
            Assert.Null(node.Keys[position]);
        }

        Assert.True((node.Page?.Length ?? 0) <= (TreeNode<RowCell<int>>.FanOut + 1) * TreePage.EntryBytesMax);
        Assert.Equal(keys.Count, node.Size);
        return keys;
    }
}
