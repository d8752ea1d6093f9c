namespace Discovery.State.Trees;

/// <summary>One key of a tree with its value, the index of the write that put it there, and the hash of its row.</summary>
internal struct TreeEntry<T>
{
    public byte[] Key;
    public T Value;
    public ulong Index;
    public ulong Hash;
}
