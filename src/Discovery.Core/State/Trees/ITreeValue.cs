namespace Discovery.State.Trees;

/// <summary>What a tree keeps under a key; as large as it must be, since a tree may hold millions.</summary>
internal interface ITreeValue
{
    /// <summary>The index of the write that put it there; 0 in a tree whose indexes nobody asks for.</summary>
    ulong Index { get; }
}
