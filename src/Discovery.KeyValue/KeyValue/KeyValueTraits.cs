namespace Discovery.KeyValue;

/// <summary>What few keys have: a lock, a time to live. All others share <see cref="None"/>.</summary>
/// <param name="LockIndex">How often it was locked.</param>
/// <param name="Session">Who holds it.</param>
/// <param name="AcquireIndex">Since when.</param>
/// <param name="ExpiresAt">The cluster time at which it goes; zero for never.</param>
internal sealed record KeyValueTraits(ulong LockIndex, Guid Session, ulong AcquireIndex, TimeSpan ExpiresAt)
{
    public static readonly KeyValueTraits None = new(0, Guid.Empty, 0, default);

    /// <summary>The same, or <see cref="None"/> itself when nothing is left.</summary>
    public KeyValueTraits Shared() => Equals(None) ? None : this;
}
