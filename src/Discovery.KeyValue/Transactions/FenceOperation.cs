namespace Discovery;

/// <summary>A step that fails unless the very lock that a fence stands for is still held.</summary>
/// <param name="Fence">The fence of a lock handle.</param>
public sealed record FenceOperation(LockFence Fence) : TransactionOperation
{
    /// <inheritdoc/>
    public override bool IsRead => true;
}
