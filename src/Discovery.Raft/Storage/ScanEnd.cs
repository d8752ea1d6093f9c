namespace Discovery.Storage;

/// <summary>What follows the last whole batch of a segment.</summary>
internal enum ScanEnd
{
    /// <summary>Zeros up to the end of the file: nothing was ever written there.</summary>
    Zeros,

    /// <summary>The log goes on in the next segment.</summary>
    Sealed,

    /// <summary>What a power failure leaves of writes that were not synced.</summary>
    Torn,

    /// <summary>What no power failure leaves.</summary>
    Damaged,
}
