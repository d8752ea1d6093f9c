namespace Discovery;

/// <summary>A step on a key.</summary>
/// <param name="Verb">What is done.</param>
/// <param name="Key">The key, or the prefix for the tree verbs.</param>
public sealed record KeyValueOperation(KeyValueVerb Verb, KeyValueKey Key) : TransactionOperation
{
    /// <summary>The value to put.</summary>
    public ReadOnlyMemory<byte> Value { get; init; }

    /// <summary>The flags to put.</summary>
    public ulong Flags { get; init; }

    /// <summary>The modify index that is compared; 0 means that the key must be absent.</summary>
    public ulong Index { get; init; }

    /// <summary>The session that locks, unlocks or is compared.</summary>
    public Guid Session { get; init; }

    /// <summary>How long the key lives after it was put, or null for ever. Only for <see cref="KeyValueVerb.Set"/> and
    /// <see cref="KeyValueVerb.Cas"/>.</summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <inheritdoc/>
    public override bool IsRead => Verb is KeyValueVerb.Get or KeyValueVerb.GetTree or KeyValueVerb.CheckIndex
        or KeyValueVerb.CheckSession or KeyValueVerb.CheckNotExists;
}
