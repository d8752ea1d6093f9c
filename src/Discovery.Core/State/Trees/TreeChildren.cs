using System.Runtime.CompilerServices;

namespace Discovery.State.Trees;

/// <summary>The children of a branch, inside the branch.</summary>
[InlineArray(TreeWords.Slots)]
internal struct TreeChildren<T>
    where T : struct, ITreeValue
{
    private TreeNode<T> _first;
}
