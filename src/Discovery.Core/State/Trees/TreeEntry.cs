namespace Discovery.State.Trees;

/// <summary>One key of a tree with its value.</summary>
internal struct TreeEntry<T>
    where T : struct, ITreeValue
{
    public byte[] Key;
    public T Value;
}
