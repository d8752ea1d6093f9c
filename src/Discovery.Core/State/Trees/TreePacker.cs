using Discovery.Wire;

namespace Discovery.State.Trees;

/// <summary>How the values of a tree are packed: turned into bytes that share one array with the others of their leaf.</summary>
/// <remarks>
/// A full collection visits every object that is alive. Millions of entries with a few objects each make it long; packed, they are two or
/// three objects a leaf. Entries are packed a few at a time, some changes of their leaf after they were put, so that one that is put again
/// and again, and a leaf that is, cost little.
/// </remarks>
internal abstract class TreePacker<T>
    where T : struct, ITreeValue
{
    /// <summary>After so many changes of a leaf it is packed.</summary>
    public const int ChangesMax = 8;

    /// <summary>How many entries a tree has before any is packed: small trees gain nothing.</summary>
    public abstract int Above { get; }

    /// <summary>Appends a value; false if it stays an object.</summary>
    public abstract bool TryPack(in T value, WireBuffer output);

    /// <summary>What is still kept beside the bytes.</summary>
    public abstract T Rest(in T value);
}
