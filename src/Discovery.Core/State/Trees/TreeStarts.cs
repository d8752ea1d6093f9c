using System.Runtime.CompilerServices;

namespace Discovery.State.Trees;

/// <summary>Where in the page of a leaf each packed entry begins, inside the leaf.</summary>
[InlineArray(TreeWords.Slots)]
internal struct TreeStarts
{
    private ushort _first;
}
