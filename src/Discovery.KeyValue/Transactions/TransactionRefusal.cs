namespace Discovery;

/// <summary>Why a step of a transaction failed.</summary>
public enum TransactionRefusal
{
    /// <summary>The modify index of what is to be written is another one.</summary>
    IndexStale = 0,

    /// <summary>Another session holds the key.</summary>
    LockHeld,

    /// <summary>The key cannot be locked yet: its last holder lost it without asking for that.</summary>
    LockDelay,

    /// <summary>No session has this id.</summary>
    SessionUnknown,

    /// <summary>The session does not hold the key.</summary>
    LockNotHeld,

    /// <summary>The key, node, service or check is not there.</summary>
    NotFound,

    /// <summary>The key is there.</summary>
    Exists,

    /// <summary>The key's modify index is another one, which the failure tells.</summary>
    IndexMismatch,

    /// <summary>Another session holds the key, or none; the failure tells which.</summary>
    SessionMismatch,

    /// <summary>The lock that the fence stands for is not held any more, or was acquired anew since.</summary>
    FenceStale,

    /// <summary>The catalog refused the row; the failure tells why.</summary>
    Catalog,
}
