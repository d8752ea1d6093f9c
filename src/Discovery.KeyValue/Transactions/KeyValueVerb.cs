namespace Discovery;

/// <summary>What a step does with a key; the verbs of Consul's txn endpoint.</summary>
public enum KeyValueVerb
{
    /// <summary>Puts it.</summary>
    Set = 0,

    /// <summary>Puts it if its modify index is the given one.</summary>
    Cas,

    /// <summary>Puts it and gives it to a session.</summary>
    Lock,

    /// <summary>Puts it and takes it from the session that holds it; after a <see cref="FenceOperation"/> of that very lock, or when the
    /// session is not guarded, it can be locked at once.</summary>
    Unlock,

    /// <summary>Reads it; it must be there.</summary>
    Get,

    /// <summary>Reads every key with a prefix; none is fine.</summary>
    GetTree,

    /// <summary>Fails unless its modify index is the given one.</summary>
    CheckIndex,

    /// <summary>Fails unless the given session holds it.</summary>
    CheckSession,

    /// <summary>Fails if it is there.</summary>
    CheckNotExists,

    /// <summary>Deletes it; it need not be there.</summary>
    Delete,

    /// <summary>Deletes every key with a prefix.</summary>
    DeleteTree,

    /// <summary>Deletes it if its modify index is the given one; an absent key is fine.</summary>
    DeleteCas,
}
