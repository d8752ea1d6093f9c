namespace Discovery;

/// <summary>The conditions of a delete.</summary>
public sealed record KeyValueDelete
{
    /// <summary>No conditions.</summary>
    public static readonly KeyValueDelete Default = new();

    /// <summary>Delete only if the modify index is this one; an absent key is fine.</summary>
    public ulong? CompareIndex { get; init; }

    /// <summary>Delete only while this very lock is held.</summary>
    public LockFence? Fence { get; init; }
}
