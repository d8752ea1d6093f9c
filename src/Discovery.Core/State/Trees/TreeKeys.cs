using System.Runtime.CompilerServices;

namespace Discovery.State.Trees;

/// <summary>The keys of a node, inside the node: whoever found a position has the key one step away.</summary>
[InlineArray(TreeWords.Slots)]
internal struct TreeKeys
{
    private byte[] _first;
}
