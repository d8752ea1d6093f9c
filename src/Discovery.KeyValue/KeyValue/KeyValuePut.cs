namespace Discovery;

/// <summary>The conditions of a put, and what goes with it. At most one of <see cref="CompareIndex"/>, <see cref="Acquire"/> and
/// <see cref="Release"/> is set.</summary>
public sealed record KeyValuePut
{
    /// <summary>No conditions.</summary>
    public static readonly KeyValuePut Default = new();

    /// <summary>The flags.</summary>
    public ulong Flags { get; init; }

    /// <summary>Put only if the modify index is this one; 0: only if the key is absent.</summary>
    public ulong? CompareIndex { get; init; }

    /// <summary>Put only if this session can take the key, and give it to it.</summary>
    public Guid? Acquire { get; init; }

    /// <summary>Put only if this session holds the key, and take it from it.</summary>
    /// <remarks>Without the <see cref="Fence"/> of a guarded holder (<see cref="SessionEntry.IsGuarded"/>), nobody can lock the key before
    /// his lease would have ended.</remarks>
    public Guid? Release { get; init; }

    /// <summary>How long the key lives, or null for ever.</summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>Put only while this very lock is held.</summary>
    public LockFence? Fence { get; init; }
}
